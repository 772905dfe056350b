import type { FailureReason, SuccessReason, Via } from "../../../contracts/index.ts";

/** Why a node did not get through a part of its setup that another agent did. */
export interface ChildFault {
  readonly reason: FailureReason;
  readonly isCancelled: boolean;
  readonly detail?: string;
}

/** What was seen of one node in its setup, in the order in which it was. The steps are those of `step.ts`. */
export type Observation =
  | { readonly step: "await-host"; readonly isUp: boolean }
  | { readonly step: "note-state"; readonly reportId: number; readonly bootId: string | null; readonly at: string }
  | {
      readonly step: "ask";
      readonly childOp: string;
      readonly at: string;
      readonly end:
        | { readonly kind: "done"; readonly reason: SuccessReason; readonly via: Via | null }
        | ({ readonly kind: "failed" } & ChildFault);
    }
  | {
      readonly step: "await-up";
      readonly seen: "isup" | "failed" | "silence";
      readonly bootId: string | null;
      readonly at: string;
    }
  | { readonly step: "look-whether-doomed"; readonly isDoomed: boolean };

export type ObservedStep = Observation["step"];
export type Seen<S extends ObservedStep> = Extract<Observation, { step: S }>;

/** The latest observation of a step, if there is one. */
export function lastOf<S extends ObservedStep>(seen: readonly Observation[], step: S): Seen<S> | undefined {
  return seen.findLast((observation): observation is Seen<S> => observation.step === step);
}

/** How often another agent was asked, so far. */
export function attemptsOf(seen: readonly Observation[]): number {
  return seen.filter(({ step }) => step === "ask").length;
}
