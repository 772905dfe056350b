import { type Evidence, type NodeResult, statusOf } from "../../../contracts/index.ts";
import { type Observation, attemptOf, ofThisAttempt, seenOf } from "./observation.ts";
import type { Ending } from "./step.ts";

/** An ending with its evidence and times, and what the node's console showed last: the node's result. */
export function resultOf(
  ending: Ending,
  seen: readonly Observation[],
  {
    console,
    ...times
  }: { readonly startedAt: string; readonly finishedAt: string; readonly console?: string | undefined },
): NodeResult {
  const { outcome, reason, phase, via, detail } = ending;
  const evidence = { ...evidenceOf(ending, seen), ...(console ? { console } : {}) };
  return {
    status: statusOf(outcome),
    outcome,
    reason,
    phase,
    ...(via ? { via } : {}),
    attempts: attemptsOf(seen),
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...times,
    ...(detail ? { detail } : {}),
  };
}

/** How often the node was armed and begun with: none if it was never touched. */
export function attemptsOf(seen: readonly Observation[]): number {
  const isTouched = seen.some(({ step }) => step === "arm");
  return isTouched ? attemptOf(seen) : 0;
}

function evidenceOf({ fault }: Ending, whole: readonly Observation[]): Evidence {
  const evidence: Evidence = {};
  const seen = ofThisAttempt(whole);
  const reboot = seenOf(seen, "reboot");
  const childOp = fault?.childOp ?? (reboot && "childOp" in reboot ? reboot.childOp : undefined);
  if (childOp !== undefined) evidence.childOp = childOp;
  const load = seenOf(seen, "await-load");
  if (load && "loaded" in load) {
    evidence.loaded = [...load.loaded];
    evidence.reportedBy = "token";
    if (load.transport !== null) evidence.transport = load.transport;
  }
  const boot = seenOf(seen, "await-boot");
  if (boot?.outcome === "isup") {
    evidence.reportedBy = boot.reportedBy;
    if (boot.bootId !== null) evidence.bootId = boot.bootId;
  }
  if (fault?.bootLog !== undefined) evidence.bootLog = fault.bootLog;
  return evidence;
}
