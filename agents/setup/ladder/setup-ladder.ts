import type { NodePlan } from "../plan.ts";
import { type Observation, type ObservedStep, attemptsOf, lastOf } from "./observation.ts";

/** How a node's setup ends. */
export type Ending =
  | { readonly kind: "running"; readonly by: "nothing" | "reconfigured" | "isup" }
  | { readonly kind: "host-failed" }
  | { readonly kind: "child-failed" }
  | { readonly kind: "not-up"; readonly reason: "boot-timeout" | "boot-failed" };

export type Step =
  { readonly kind: "do"; readonly step: ObservedStep } | { readonly kind: "end"; readonly ending: Ending };

const act = (step: ObservedStep): Step => ({ kind: "do", step });
const end = (ending: Ending): Step => ({ kind: "end", ending });

/**
 * The next step of one node's setup, pure. Its host first, if that is restarted too; then what the plan says, by another
 * agent; then ISUP. A node whose reload or reboot failed is not waited for and not tried again. One that does not come
 * up is rebooted once more, unless the setup is doomed: another node's failure has decided it already.
 */
export function nextStep(plan: NodePlan, seen: readonly Observation[]): Step {
  if (plan.action === "none") return end({ kind: "running", by: "nothing" });
  const last = seen.at(-1);
  if (!last) return act(plan.after === undefined ? "note-state" : "await-host");
  switch (last.step) {
    case "await-host":
      return last.isUp ? act("note-state") : end({ kind: "host-failed" });
    case "note-state":
      return act("ask");
    case "ask":
      if (last.end.kind === "failed") return end({ kind: "child-failed" });
      // The OS that ran was made fit while it ran: there is no boot to wait for.
      return last.end.reason === "reconfigured" ? end({ kind: "running", by: "reconfigured" }) : act("await-up");
    case "await-up":
      if (last.seen === "isup") return end({ kind: "running", by: "isup" });
      return attemptsOf(seen) === 1 ? act("look-whether-doomed") : end(notUp(seen));
    case "look-whether-doomed":
      return last.isDoomed ? end(notUp(seen)) : act("note-state");
  }
}

function notUp(seen: readonly Observation[]): Ending {
  return { kind: "not-up", reason: lastOf(seen, "await-up")?.seen === "failed" ? "boot-failed" : "boot-timeout" };
}
