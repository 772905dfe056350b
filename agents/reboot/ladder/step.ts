import type { FailureReason, Outcome, Phase, SuccessReason, Via } from "../../../contracts/index.ts";
import type { PowerCommand } from "../../../infra/power/index.ts";
import type { StepName } from "./observation.ts";

/** How a run ends, before times and evidence are put to it. */
export interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "indeterminate">;
  readonly reason: SuccessReason | FailureReason;
  readonly phase: Phase;
  readonly via?: Via;
  readonly detail?: string;
}

/** The next thing to do for a node: a step, whose observation is then added to what was seen, or the end. */
export type Step =
  | { readonly kind: "do"; readonly step: Exclude<StepName, "fire"> }
  | { readonly kind: "do"; readonly step: "fire"; readonly command: PowerCommand }
  | { readonly kind: "end"; readonly ending: Ending };

export function take(step: Exclude<StepName, "fire">): Step {
  return { kind: "do", step };
}

export function end(ending: Ending): Step {
  return { kind: "end", ending };
}

/** The phase that each step belongs to, as events and results name it. */
export const phaseOfStep: Readonly<Record<StepName, Phase>> = {
  "await-subnodes": "load",
  "look-up-state": "probe",
  wake: "wakeup",
  probe: "probe",
  "read-power": "power",
  reconfigure: "reconfigure",
  prepare: "ssh",
  "ssh-reboot": "ssh",
  diag: "diag",
  "take-turn": "power",
  "power-off": "power",
  "power-on": "power",
  fire: "power",
  "reboot-on-host": "host",
  "await-boot": "boot",
};

/** Steps that only look; they are told as events with `debug` alone. The others are rungs. */
export const lookingSteps: ReadonlySet<StepName> = new Set(["look-up-state", "probe", "read-power"]);
