import Fastify from "fastify";
import { StateReport, hasShape, problemsOf } from "../../contracts/index.ts";
import type { Log } from "../runtime/log.ts";

export interface NodePortOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Log;
  /** The node that lives at an address, or undefined. */
  readonly nodeAt: (address: string) => Promise<string | undefined>;
  readonly onReport: (node: string, report: StateReport) => Promise<void>;
}

/** A report is some hundred bytes; the largest has a detail of 2,000 characters. */
const maxBodyBytes = 16_384;

/**
 * The HTTP port for nodes alone. A node is known by the address it talks from, never by what it says; what a neighbour
 * on a shared network can do with that is in docs/security.md.
 *
 * `POST /v1/state` with a `StateReport` as JSON: 204 once it is committed; 400 for a malformed one, 403 for an address
 * that belongs to no node, 503 while it cannot be committed (the node tries again).
 */
export async function openNodePort(
  options: NodePortOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, port, log, nodeAt, onReport } = options;
  const server = Fastify({ logger: false, bodyLimit: maxBodyBytes, forceCloseConnections: true });
  server.post("/v1/state", async (request, reply) => {
    const address = plainAddress(request.ip);
    const node = await nodeAt(address);
    if (node === undefined) {
      log.warn({ address }, "a stranger reported a state");
      return reply.code(403).send({ error: "this address belongs to no node" });
    }
    if (!hasShape(StateReport, request.body)) {
      const problem = problemsOf(StateReport, request.body);
      log.warn({ node, problem }, "a node's report is malformed");
      return reply.code(400).send({ error: problem });
    }
    await onReport(node, request.body);
    return reply.code(204).send();
  });
  server.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 503;
    if (status >= 500) log.error({ err: error, address: request.ip }, "a report could not be taken");
    return reply.code(status).send({ error: status >= 500 ? "try again" : String(error) });
  });
  const url = await server.listen({ host, port });
  return { url, close: () => server.close() };
}

/** IPv4 addresses that come mapped into IPv6 (RFC 4291 §2.5.5.2), as the inventory writes them. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}
