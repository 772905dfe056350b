import type { ReasonEntry } from "./entry.ts";
import { failures } from "./failures.ts";
import { refusals } from "./refusals.ts";
import { successes } from "./successes.ts";

export const reasonTable = { ...refusals, ...failures, ...successes };

export type Reason = keyof typeof reasonTable;
type ReasonOf<S extends ReasonEntry["scope"]> = {
  [R in Reason]: (typeof reasonTable)[R]["scope"] extends S ? R : never;
}[Reason];
/** Why a command was refused as a whole. */
export type RefusalReason = ReasonOf<"operation" | "either">;
/** Why one node's run did not succeed. */
export type FailureReason = ReasonOf<"node" | "either">;
/** What one node's success rests on. */
export type SuccessReason = ReasonOf<"success">;

export const reasons = Object.keys(reasonTable) as readonly Reason[];

export function isRetryable(reason: Reason): boolean {
  return reasonTable[reason].retryable;
}

export function adviceOf(reason: Reason): string {
  return reasonTable[reason].advice;
}

/** Whether it may stand in a node's result; a reason that may not refuses commands alone. */
export function isResultReason(reason: Reason): reason is FailureReason | SuccessReason {
  return reasonTable[reason].scope !== "operation";
}

export function isRefusalReason(reason: string): reason is RefusalReason {
  return Object.hasOwn(reasonTable, reason) && ["operation", "either"].includes(reasonTable[reason as Reason].scope);
}
