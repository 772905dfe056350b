import rateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import type { AgentMetrics } from "../../runtime/metrics.ts";
import { addressOf } from "./asker.ts";
import type { NodePortParts } from "./parts.ts";
import { bootRoutes } from "./routes/boot.ts";
import { imageRoutes } from "./routes/images.ts";
import { loadRoutes } from "./routes/load.ts";
import { loaderFileRoutes } from "./routes/loader-files.ts";
import { progressRoutes } from "./routes/progress.ts";
import { stateRoutes } from "./routes/state.ts";

export interface NodePortOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly parts: NodePortParts;
  readonly metrics: Pick<AgentMetrics, "countRefusal">;
}

/** The largest body is a ramdisk's log. */
const maxBodyBytes = 16_384;
/** A body that dribbles in for longer is cut off, milliseconds. */
const requestTimeoutMs = 10_000;
/**
 * Requests from one address within the window. A node that boots, loads sixteen images and boots again in one second makes
 * a hundred; what comes beyond is answered 429 before anything is looked up.
 */
const requestsPerAddress = { max: 300, timeWindow: 10_000 };
/** Addresses that are counted at once; beyond it the oldest are forgotten. */
const countedAddresses = 20_000;

/**
 * The HTTP port for nodes alone; docs/boot-protocol.md is its interface. What a node may be told or is believed depends on
 * its address, its MAC and its token, never on a name that it gives.
 */
export async function openNodePort(
  options: NodePortOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, port, parts, metrics } = options;
  const server = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    // A GET of a script is recorded; a HEAD of it would be, too.
    exposeHeadRoutes: false,
  });
  const silent = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };
  await server.register(rateLimit, {
    ...requestsPerAddress,
    cache: countedAddresses,
    keyGenerator: addressOf,
    addHeaders: silent,
    addHeadersOnExceeding: silent,
  });
  server.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 503;
    metrics.countRefusal(`http-${status}`);
    if (status >= 500) parts.log.error({ err: error, address: addressOf(request) }, "a request could not be answered");
    const told = status >= 500 || !(error instanceof Error) ? "try again" : error.message;
    return reply.code(status).type("application/json").send({ error: told });
  });
  for (const declare of [bootRoutes, loaderFileRoutes, loadRoutes, imageRoutes, progressRoutes, stateRoutes]) {
    declare(server, parts);
  }
  const url = await server.listen({ host, port });
  return { url, close: () => server.close() };
}
