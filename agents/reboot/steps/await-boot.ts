import type { StateChange } from "../../../contracts/index.ts";
import { followOverdue } from "../console/overdue.ts";
import { type ObservationOf, seenOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";

/** Waits for the node's word that its new boot is up, or has failed; an old boot's word does not count. */
export async function awaitBoot(context: NodeContext): Promise<ObservationOf<"await-boot">> {
  const { tools, run, seen, bootDeadlineAtMs } = context;
  const base = seenOf(seen, "look-up-state");
  const accept = (change: StateChange): ObservationOf<"await-boot"> | undefined => {
    if (change.bootId !== undefined && change.bootId === base?.bootId) return undefined;
    if (change.state === "TBFAILED") return { step: "await-boot", outcome: "tbfailed" };
    if (change.state !== "ISUP") return undefined;
    const { bootId = null, reportedBy } = change;
    return { step: "await-boot", outcome: "isup", bootId, reportedBy };
  };
  await using shown = followOverdue(context);
  const boot = await tools.states.waitFor(run.node, accept, {
    afterId: base?.reportId ?? 0,
    deadlineAtMs: bootDeadlineAtMs,
    signal: run.leaveSignal,
  });
  if (boot?.outcome === "isup") return boot;
  const console = shown.tail();
  return { step: "await-boot", outcome: boot?.outcome ?? "timeout", ...(console === "" ? {} : { console }) };
}
