import type { FailureReason, Outcome, Phase, SuccessReason, Via } from "../../../contracts/index.ts";
import type { LoadFault, StepName } from "./observation.ts";

/** How a run ends, before times and evidence are put to it. */
export interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "cancelled">;
  readonly reason: SuccessReason | FailureReason;
  readonly phase: Phase;
  readonly via?: Via;
  readonly detail?: string;
  /** What made the last attempt fail. */
  readonly fault?: LoadFault;
}

/** The next thing to do for a node: a step, whose observation is then added to what was seen, or the end. */
export type Step =
  | { readonly kind: "do"; readonly step: Exclude<StepName, "retry"> }
  | { readonly kind: "do"; readonly step: "retry"; readonly after: LoadFault }
  | { readonly kind: "end"; readonly ending: Ending };

export function take(step: Exclude<StepName, "retry">): Step {
  return { kind: "do", step };
}

export function end(ending: Ending): Step {
  return { kind: "end", ending };
}

/** The phase that each step belongs to, as events and results name it. */
export const phaseOfStep: Readonly<Record<StepName, Phase>> = {
  "check-images": "image",
  "look-up-state": "load",
  arm: "load",
  reboot: "reboot",
  "await-start": "load",
  "await-load": "load",
  conclude: "load",
  "await-boot": "boot",
  disarm: "load",
  retry: "load",
};

/** Steps that only look; they are told as events with `debug` alone. */
export const lookingSteps: ReadonlySet<StepName> = new Set(["check-images", "look-up-state"]);

/** Steps that may be left in their midst when the operation ends early. A disk that is being written is written to its end. */
export const leavableSteps: ReadonlySet<StepName> = new Set([
  "check-images",
  "look-up-state",
  "await-start",
  "await-boot",
]);
