import type { FastifyInstance } from "fastify";
import type { BootPlan } from "../../../../contracts/index.ts";
import { planLines } from "../../answers/plan-lines.ts";
import { hangUpSignal, ramdiskOf } from "../asker.ts";
import { type NodePortParts, holdMs } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";

/** `/v1/load`: the plan of the load that the ramdisk was booted for, held while it is not known how to get its next image. */
export function loadRoutes(server: FastifyInstance, { sql, plans }: NodePortParts): void {
  server.get("/v1/load", async (request, reply) => {
    const { loadId, plan } = await ramdiskOf(sql, request);
    if (!plan) throw new RequestRefusal(404, "the load that this boot was for is no more");
    const { image } = request.query as { readonly image?: unknown };
    const isDecided = ({ images }: BootPlan) =>
      (images.find((planned) => planned.image === image) ?? images[0])?.transport !== undefined;
    const signal = hangUpSignal(reply);
    const decided = isDecided(plan) ? plan : await plans.waitFor(loadId, isDecided, { withinMs: holdMs, signal });
    return reply.type("text/plain").send(planLines(loadId, decided ?? plan));
  });
}
