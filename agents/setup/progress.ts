import type { Observation } from "./ladder/observation.ts";
import type { NodePlan } from "./plan.ts";

/** What the ledger keeps of one node's setup: from this another replica goes on. Admission writes the plan alone. */
export interface Progress {
  readonly plan: NodePlan;
  readonly startedAt?: string;
  readonly seen?: readonly Observation[];
  /** Until when ISUP is waited for, since the wait began. */
  readonly upUntil?: string;
}

/** What admission or an earlier replica left; a run without a plan is a fault of ours. */
export function progressOf(value: unknown): Progress {
  if (typeof value === "object" && value !== null && "plan" in value) return value as Progress;
  throw new Error("the run of a setup has no plan in the ledger");
}
