import { type FailureReason, type NodeResult, isResultReason } from "../../../contracts/index.ts";
import type { ChildEnd } from "../../runtime/commands/child-operations.ts";
import { type LoadFault, type Observation, attemptOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";

/**
 * Has the reboot agent restart the node, on the operation's behalf: by its ladder, or by a power cycle where the first
 * attempt came to nothing, with its console followed from then on. What the reboot waits for counts to its own time alone: that
 * of the load begins with the restart. A replica that took the node over finds the reboot that was asked for before.
 */
export async function reboot({ run, tools, seen, settings }: NodeContext): Promise<Observation> {
  const attempt = attemptOf(seen);
  if (attempt > 1) tools.consoles.follow({ op: run.op, node: run.node });
  const request = {
    parentOp: run.op,
    verb: "reboot" as const,
    args: attempt === 1 ? {} : { powercycle: true },
    node: run.node,
    nth: attempt,
    withinS: settings.restartS,
    mayExist: run.fence > 1,
  };
  const end = await tools.children.ask(request, run);
  const fault = faultOf(end);
  if (fault) return { step: "reboot", fault };
  const via = end.kind === "ended" ? (end.result.via ?? null) : null;
  return { step: "reboot", childOp: end.op, via, at: new Date().toISOString() };
}

/** Why the node was not restarted; undefined if it was, or if nobody can say: then what it reports will. */
function faultOf(end: ChildEnd): LoadFault | undefined {
  const childOp = end.op;
  if (end.kind === "refused") {
    const detail = `the reboot agent refused: ${end.reason}: ${end.detail}`;
    return { reason: "child-refused", phase: "reboot", childOp, detail };
  }
  const { outcome, reason, detail } = end.result;
  if (outcome === "succeeded" || outcome === "indeterminate") return undefined;
  return { reason: failureOf(reason), phase: "reboot", childOp, ...(detail === undefined ? {} : { detail }) };
}

/** A result's reason is no refusal's, and of one without success no success's. */
function failureOf(reason: NodeResult["reason"]): FailureReason {
  return isResultReason(reason) ? (reason as FailureReason) : "child-refused";
}
