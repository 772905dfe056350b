import type { FastifyInstance } from "fastify";
import { type BootPlan, wireVersion } from "../../../../contracts/index.ts";
import { planLines } from "../../answers/plan-lines.ts";
import { hangUpSignal, ramdiskOf } from "../asker.ts";
import { type NodePortParts, holdMs } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";

/**
 * `/v1/load`: the plan of the load that the ramdisk was booted for, held while it is not known how to get its next image. That a
 * node asks for it is published: who chooses learns that the node is ready.
 */
export function loadRoutes(server: FastifyInstance, { sql, plans, publishProgress }: NodePortParts): void {
  server.get("/v1/load", async (request, reply) => {
    const { node, loadId, plan } = await ramdiskOf(sql, request);
    if (!plan) throw new RequestRefusal(404, "the load that this boot was for is no more");
    const { image: asked } = request.query as { readonly image?: unknown };
    const nextOf = ({ images }: BootPlan) => images.find(({ image }) => image === asked) ?? images[0];
    const next = nextOf(plan);
    if (!next || next.transport) return reply.type("text/plain").send(planLines(loadId, plan));
    const { image, rawBytes } = next;
    publishProgress({ v: wireVersion, node, loadId, image, bytesWritten: 0, bytesTotal: rawBytes });
    const isDecided = (known: BootPlan) => nextOf(known)?.transport !== undefined;
    const decided = await plans.waitFor(loadId, isDecided, { withinMs: holdMs, signal: hangUpSignal(reply) });
    return reply.type("text/plain").send(planLines(loadId, decided ?? plan));
  });
}
