import { setTimeout as sleep } from "node:timers/promises";
import type { ObservationOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";

/** Between two looks at what is being loaded, milliseconds. */
const lookEveryMs = 500;

/** Waits until none of the nodes that are built into this one is being loaded: its restart would cut them short. */
export async function awaitSubnodes(context: NodeContext): Promise<ObservationOf<"await-subnodes">> {
  const { tools, settings, run } = context;
  const deadlineMs = performance.now() + settings.subnodesS * 1_000;
  for (;;) {
    const loading = await tools.loadingSubnodes(run.node);
    if (loading.length === 0 || performance.now() >= deadlineMs) return { step: "await-subnodes", loading };
    await sleep(lookEveryMs, undefined, { signal: run.leaveSignal });
  }
}
