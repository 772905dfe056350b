import type { StepFailure, Observation } from "./observation.ts";
import { seenOf } from "./observation.ts";
import { type Ending, type Step, end, take } from "./step.ts";

/** How far a power cycle has come. */
export type PowerCycle =
  | { readonly kind: "next"; readonly step: Step }
  /** The node was seen on again, after it was seen off or found off. */
  | { readonly kind: "done"; readonly via: "power-cycle" | "power-on" };

/**
 * A power cycle in steps that can each be seen, and safely asked for again: read, off, read back off, on, read back on.
 * A node that is found off is only powered on. On a circuit that is paced it takes its turn before it is touched.
 */
export function powerCycle(seen: readonly Observation[], isPaced: boolean): PowerCycle {
  const read = seenOf(seen, "read-power");
  if (!read) return { kind: "next", step: take("read-power") };
  if ("failure" in read) return { kind: "next", step: end(failedPower(read.failure)) };

  if (isPaced && !seenOf(seen, "take-turn")) return { kind: "next", step: take("take-turn") };

  const off = seenOf(seen, "power-off");
  if (read.power === "on") {
    if (!off) return { kind: "next", step: take("power-off") };
    if (!off.isConfirmed) return { kind: "next", step: end(unconfirmedPower(off.failure, off.mayHaveFired)) };
  }
  const on = seenOf(seen, "power-on");
  if (!on) return { kind: "next", step: take("power-on") };
  if (!on.isConfirmed) return { kind: "next", step: end(unconfirmedPower(on.failure, on.mayHaveFired)) };
  return { kind: "done", via: read.power === "on" ? "power-cycle" : "power-on" };
}

export function failedPower({ reason, detail }: StepFailure): Ending {
  return { outcome: "failed", reason, phase: "power", detail };
}

/** An action that may have left and could not be read back at all: nobody can say what the node did. */
export function unconfirmedPower(failure: StepFailure, mayHaveFired: boolean): Ending {
  const wasRead = failure.reason === "power-not-confirmed";
  if (!mayHaveFired || wasRead) return failedPower(failure);
  return {
    outcome: "indeterminate",
    reason: "outcome-unknown",
    phase: "power",
    detail: `the power action may have left, and could not be read back: ${failure.detail}`,
  };
}
