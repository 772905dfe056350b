import type { PowerAction, Via } from "../../../contracts/index.ts";
import type { PowerCommand } from "../../../infra/power/index.ts";
import { type Observation, seenOf } from "./observation.ts";
import { failedPower, powerCycle, unconfirmedPower } from "./power-cycle.ts";
import { type Step, end, take } from "./step.ts";

export interface PowerPlan {
  readonly action: PowerAction;
  /** `cycle` by the BMC's own command, which can't be read back. */
  readonly raw: boolean;
  /** The node's circuit bears only so many power-ons at a time. */
  readonly isPaced: boolean;
}

/** What each action does to the node when it succeeds. */
const viaOfAction: Readonly<Record<Exclude<PowerAction, "status">, Via>> = {
  on: "power-on",
  off: "power-off",
  cycle: "power-cycle",
  reset: "reset",
  soft: "power-off",
  diag: "diag",
};

/** The steps of the `power` verb, pure. What can be read back is; what can't is reported as accepted, and says so. */
export function nextPowerStep(plan: PowerPlan, seen: readonly Observation[]): Step {
  switch (plan.action) {
    case "status":
      return nextRead(seen);
    case "on":
    case "off":
      return nextSwitch(plan.action, plan.isPaced, seen);
    case "cycle":
      return plan.raw ? nextFire("cycle", seen) : nextCycle(plan.isPaced, seen);
    case "reset":
    case "soft":
    case "diag":
      return nextFire(plan.action, seen);
  }
}

function nextRead(seen: readonly Observation[]): Step {
  const read = seenOf(seen, "read-power");
  if (!read) return take("read-power");
  if ("failure" in read) return end(failedPower(read.failure));
  return end({ outcome: "succeeded", reason: "power-state-read", phase: "power", detail: read.power });
}

function nextSwitch(wanted: "on" | "off", isPaced: boolean, seen: readonly Observation[]): Step {
  const read = seenOf(seen, "read-power");
  if (!read) return take("read-power");
  if ("failure" in read) return end(failedPower(read.failure));
  const via = viaOfAction[wanted];
  if (read.power === wanted) return end({ outcome: "succeeded", reason: "already-so", phase: "power", via });
  if (wanted === "on" && isPaced && !seenOf(seen, "take-turn")) return take("take-turn");
  const step = wanted === "on" ? "power-on" : "power-off";
  const done = seenOf(seen, step);
  if (!done) return take(step);
  if (!done.isConfirmed) return end(unconfirmedPower(done.failure, done.mayHaveFired));
  return end({ outcome: "succeeded", reason: "power-read-back", phase: "power", via });
}

function nextCycle(isPaced: boolean, seen: readonly Observation[]): Step {
  const cycle = powerCycle(seen, isPaced);
  if (cycle.kind === "next") return cycle.step;
  return end({ outcome: "succeeded", reason: "power-read-back", phase: "power", via: cycle.via });
}

function nextFire(command: Exclude<PowerCommand, "on" | "off">, seen: readonly Observation[]): Step {
  const fired = seenOf(seen, "fire");
  if (!fired) return { kind: "do", step: "fire", command };
  if ("failure" in fired) return end(failedPower(fired.failure));
  const via = viaOfAction[command];
  if (fired.outcome === "unknown") {
    const detail = `the BMC did not answer ${command}, which cannot be read back`;
    return end({ outcome: "indeterminate", reason: "outcome-unknown", phase: "power", via, detail });
  }
  return end({ outcome: "succeeded", reason: "accepted-not-read-back", phase: "power", via });
}
