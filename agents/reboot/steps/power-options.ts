import { type Insistence, type PowerFailure, type PowerOptions, noDriverCan } from "../../../infra/power/index.ts";
import { type StepFailure, seenOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";

export const notControllable = failureOf(noDriverCan);

/** How the node's BMC, or what stands for it, is to be asked now. The signal is made if the driver looks at it: see `RunEnds`. */
export function powerOptions(
  context: NodeContext,
  signalOf: () => AbortSignal,
  insistence = insistenceOf(context),
): PowerOptions {
  const { bmcConnectMs, bmcMs, bmcHoldMs } = context.settings;
  return {
    deadlineMs: performance.now() + bmcConnectMs + bmcMs,
    limits: { connectMs: bmcConnectMs, answerMs: bmcMs },
    get signal() {
      return signalOf();
    },
    holdMs: bmcHoldMs,
    insistence,
  };
}

/**
 * A BMC that is left alone is asked nevertheless by whoever just wants to know, and once a power action may have left:
 * then what the BMC says is what the node's result rests on, and a node must not stay off for it.
 */
function insistenceOf({ run, seen, isResumed }: NodeContext): Insistence {
  const { verb, args } = run.operation;
  if (verb === "power" && args["force"] === true) return "all";
  if (verb === "power" && args["action"] === "status") return "unreachable";
  const hasActed = isResumed || seenOf(seen, "power-off") !== undefined;
  return hasActed ? "unreachable" : "none";
}

export function failureOf({ reason, detail, notAsked }: PowerFailure): StepFailure {
  return { reason, detail, ...(notAsked ? { notAsked } : {}) };
}
