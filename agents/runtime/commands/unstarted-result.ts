import { type NodeResult, type Outcome, type Reason, statusOf } from "../../../contracts/index.ts";

/** The result of a node whose run never began. */
export function unstartedResult(
  outcome: Outcome,
  reason: Reason,
  now: string,
  more: Partial<NodeResult> = {},
): NodeResult {
  const status = statusOf(outcome);
  return { status, outcome, reason, phase: "admission", attempts: 0, startedAt: now, finishedAt: now, ...more };
}

/** The result of a node that another operation holds; `holder` is null if that has just let go. */
export function busyResult(holder: string | null, now: string): NodeResult {
  return unstartedResult("busy", "node-locked", now, {
    ...(holder === null ? {} : { evidence: { holder } }),
    detail: holder === null ? "another operation has just let go of it" : `held by operation ${holder}`,
  });
}
