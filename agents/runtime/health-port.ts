import Fastify from "fastify";
import type { AgentMetrics } from "./metrics.ts";

/** Whether each thing an agent stands on is there, by name: `{ bus: true, database: false }`. */
export type Readiness = Readonly<Record<string, boolean>>;

export interface HealthPortOptions {
  /** On loopback; 0 takes a free one. */
  readonly port: number;
  readonly metrics: AgentMetrics;
  readonly readiness: () => Promise<Readiness>;
}

/**
 * An agent's own port on loopback, for whoever watches it: `GET /live` (200 while the process runs), `GET /ready` (200, or 503
 * with what is missing), `GET /metrics` (Prometheus). It tells nothing about users and takes nothing in.
 */
export async function openHealthPort(
  options: HealthPortOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { port, metrics, readiness } = options;
  const server = Fastify({ logger: false, forceCloseConnections: true });
  server.get("/live", () => ({ live: true }));
  server.get("/ready", async (_, reply) => {
    const parts = await readiness();
    const isReady = Object.values(parts).every(Boolean);
    return reply.code(isReady ? 200 : 503).send({ ready: isReady, ...parts });
  });
  server.get("/metrics", async (_, reply) => reply.type(metrics.contentType).send(await metrics.render()));
  const url = await server.listen({ host: "127.0.0.1", port });
  return { url, close: () => server.close() };
}
