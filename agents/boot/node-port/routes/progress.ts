import type { FastifyInstance } from "fastify";
import { ProgressReport, hasShape, problemsOf, wireVersion } from "../../../../contracts/index.ts";
import { keepBootLog } from "../../../../infra/db/index.ts";
import { ramdiskOf } from "../asker.ts";
import type { NodePortParts } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";

/** `/v1/progress`, which is kept nowhere, and `/v1/log`, of which the newest is kept. */
export function progressRoutes(server: FastifyInstance, { sql, publishProgress }: NodePortParts): void {
  server.post("/v1/progress", async (request, reply) => {
    const { node, loadId, plan } = await ramdiskOf(sql, request);
    const { body } = request;
    if (!hasShape(ProgressReport, body)) throw new RequestRefusal(400, problemsOf(ProgressReport, body));
    if (!plan?.images.some(({ image }) => image === body.image)) {
      throw new RequestRefusal(403, "this image is not in this node's plan");
    }
    publishProgress({ v: wireVersion, node, loadId, ...body });
    return reply.code(204).send();
  });

  server.post("/v1/log", async (request, reply) => {
    const boot = await ramdiskOf(sql, request);
    if (typeof request.body !== "string") throw new RequestRefusal(400, "a log is text/plain");
    await keepBootLog(sql, boot, printable(request.body));
    return reply.code(204).send();
  });
}

/** A console writes what it likes: control characters but line ends and tabs go, NUL among them, which PostgreSQL refuses. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
