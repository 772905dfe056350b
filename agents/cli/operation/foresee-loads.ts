import { DryRunAnswer, hasShape } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";
import { gatherNodes } from "./gather-nodes.ts";

type Planned = DryRunAnswer["nodes"][number];

/** What would become of the loads of a setup, as the reload agent judges them now: the setup agent sees no image. */
export async function foreseeLoads(
  planned: readonly Planned[],
  coordinator: Pick<Coordinator, "plan">,
): Promise<readonly Planned[]> {
  const loads = gatherNodes(planned, ({ images, result }) => (result ? undefined : images?.join(" ")));
  const foreseen = new Map<string, Pick<Planned, "result" | "obstacle">>();
  for (const [images, nodelist] of loads) {
    const reply = await coordinator.plan("reload", { images: images.split(" "), nodelist });
    if (!reply.ok) {
      for (const node of nodelist) foreseen.set(node, { obstacle: `${reply.reason}: ${reply.detail}` });
    } else if (hasShape(DryRunAnswer, reply.answer)) {
      for (const { node, result } of reply.answer.nodes) {
        if (result?.outcome === "failed") foreseen.set(node, { result });
      }
    }
  }
  return planned.map((one) => ({ ...one, ...foreseen.get(one.node) }));
}
