import { type NodeResult, type Outcome, type Phase, type Reason, statusOf } from "../../../contracts/index.ts";
import type { EarlyEnding } from "../../runtime/early-ending.ts";
import type { NodePlan } from "../plan.ts";
import { type Observation, attemptsOf, lastOf } from "./observation.ts";
import type { Ending } from "./setup-ladder.ts";

interface Times {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What a node's setup ends with, pure. */
export function resultOf(ending: Ending, plan: NodePlan, seen: readonly Observation[], times: Times): NodeResult {
  const child = lastOf(seen, "ask");
  const fault = child?.end.kind === "failed" ? child.end : undefined;
  switch (ending.kind) {
    case "running": {
      const via = child?.end.kind === "done" ? child.end.via : null;
      const reason: Reason = ending.by === "nothing" ? "os-running" : ending.by;
      return resultWith("succeeded", reason, { plan, seen, times, ...(via ? { via } : {}), phase: "boot" });
    }
    case "host-failed":
      return resultWith("failed", "host-failed", { plan, seen, times, phase: "host" });
    case "child-failed": {
      const phase = phaseOf(plan, seen);
      const outcome = fault?.isCancelled ? "cancelled" : "failed";
      const detail = fault?.detail === undefined ? {} : { detail: fault.detail };
      return resultWith(outcome, fault?.reason ?? "agent-fault", { plan, seen, times, phase, ...detail });
    }
    case "not-up":
      return resultWith("failed", ending.reason, { plan, seen, times, phase: "boot" });
  }
}

/** The result of a run that ends without its ladder's word: early, or by a fault of ours. */
export function unfinishedResult(
  { outcome, reason, detail }: EarlyEnding,
  { plan, seen, times }: Pick<ResultParts, "plan" | "seen" | "times">,
): NodeResult {
  return resultWith(outcome, reason, { plan, seen, times, phase: phaseOf(plan, seen), ...(detail ? { detail } : {}) });
}

interface ResultParts {
  readonly plan: NodePlan;
  readonly seen: readonly Observation[];
  readonly times: Times;
  readonly phase?: Phase;
  readonly via?: NonNullable<NodeResult["via"]>;
  readonly detail?: string;
}

function resultWith(outcome: Outcome, reason: Reason, parts: ResultParts): NodeResult {
  const { plan, seen, times, phase, via, detail } = parts;
  const child = lastOf(seen, "ask");
  const bootId = lastOf(seen, "await-up")?.bootId ?? null;
  const evidence = { ...(child ? { childOp: child.childOp } : {}), ...(bootId === null ? {} : { bootId }) };
  return {
    status: statusOf(outcome),
    outcome,
    reason,
    ...(phase ? { phase } : {}),
    ...(via ? { via } : {}),
    attempts: attemptsOf(seen),
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...(plan.isNonfatal ? { isNonfatal: true } : {}),
    ...times,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** The first thing that another agent is asked for is the plan's; after it there are reboots alone. */
function phaseOf(plan: NodePlan, seen: readonly Observation[]): Phase {
  return plan.action === "reload" && attemptsOf(seen) <= 1 ? "load" : "reboot";
}
