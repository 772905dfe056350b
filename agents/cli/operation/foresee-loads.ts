import { DryRunAnswer, hasShape } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";

type Planned = DryRunAnswer["nodes"][number];

/** What would become of the loads of a setup, as the reload agent judges them now: the setup agent sees no image. */
export async function foreseeLoads(
  planned: readonly Planned[],
  coordinator: Pick<Coordinator, "plan">,
): Promise<readonly Planned[]> {
  const groups = new Map<string, { readonly images: string[]; readonly nodelist: string[] }>();
  for (const { node, images, result } of planned) {
    if (!images || result) continue;
    const key = images.join(" ");
    const group = groups.get(key);
    if (group) group.nodelist.push(node);
    else groups.set(key, { images, nodelist: [node] });
  }
  const foreseen = new Map<string, Pick<Planned, "result" | "obstacle">>();
  for (const args of groups.values()) {
    const reply = await coordinator.plan("reload", args);
    if (!reply.ok) {
      for (const node of args.nodelist) foreseen.set(node, { obstacle: `${reply.reason}: ${reply.detail}` });
    } else if (hasShape(DryRunAnswer, reply.answer)) {
      for (const { node, result } of reply.answer.nodes) {
        if (result?.outcome === "failed") foreseen.set(node, { result });
      }
    }
  }
  return planned.map((one) => ({ ...one, ...foreseen.get(one.node) }));
}
