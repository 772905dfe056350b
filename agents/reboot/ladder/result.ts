import { type Evidence, type NodeResult, statusOf } from "../../../contracts/index.ts";
import type { Observation } from "./observation.ts";
import type { Ending } from "./step.ts";

/** An ending with its evidence and times: the node's result. */
export function resultOf(
  ending: Ending,
  seen: readonly Observation[],
  times: { readonly startedAt: string; readonly finishedAt: string },
): NodeResult {
  const evidence = evidenceOf(seen);
  return {
    status: statusOf(ending.outcome),
    outcome: ending.outcome,
    reason: ending.reason,
    phase: ending.phase,
    ...(ending.via ? { via: ending.via } : {}),
    attempts: 1,
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...times,
    ...(ending.detail ? { detail: ending.detail } : {}),
  };
}

/** What was observed, in the order in which it was. */
export function evidenceOf(seen: readonly Observation[]): Evidence {
  const evidence: Evidence = {};
  const powerReadBack: ("on" | "off")[] = [];
  for (const observation of seen) {
    if ("failure" in observation) Object.assign(evidence, observation.failure.notAsked);
    switch (observation.step) {
      case "read-power":
        if (!("power" in observation)) break;
        powerReadBack.push(observation.power);
        if (observation.by) evidence.powerDriver = observation.by;
        break;
      case "power-off":
      case "power-on":
        if (observation.isConfirmed) powerReadBack.push(observation.step === "power-on" ? "on" : "off");
        break;
      case "ssh-reboot":
      case "diag":
        if (observation.wentDown?.by === "silence") evidence.missedProbes = observation.wentDown.missedProbes;
        if (observation.wentDown?.by === "boot-id") evidence.bootId = observation.wentDown.bootId;
        break;
      case "await-boot":
        if (observation.outcome === "isup") {
          evidence.reportedBy = observation.reportedBy;
          if (observation.bootId) evidence.bootId = observation.bootId;
        } else if (observation.console !== undefined) {
          evidence.console = observation.console;
        }
        break;
      case "await-subnodes":
      case "look-up-state":
      case "wake":
      case "probe":
      case "reconfigure":
      case "prepare":
      case "take-turn":
      case "fire":
      case "reboot-on-host":
        break;
    }
  }
  if (powerReadBack.length > 0) evidence.powerReadBack = powerReadBack;
  return evidence;
}

/** What a virtual node ends with whose host was part of the same operation. */
export function guestResultOf(host: NodeResult): NodeResult {
  const { startedAt, finishedAt } = host;
  const times = { attempts: 0, startedAt, finishedAt };
  if (host.outcome === "succeeded") {
    return { status: 0, outcome: "succeeded", reason: "host-rebooted", phase: "host", via: "host", ...times };
  }
  const { outcome } = host;
  const isTold = outcome === "indeterminate" || outcome === "cancelled" || outcome === "expired";
  return {
    status: 1,
    outcome: isTold ? outcome : "failed",
    reason: "host-failed",
    phase: "host",
    ...times,
    detail: `its host: ${host.reason}`,
  };
}
