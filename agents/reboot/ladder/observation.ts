import type { FailureReason, NodeState, PowerDriverName } from "../../../contracts/index.ts";

/** Something that did not work, as a driver told it. */
export interface StepFailure {
  readonly reason: FailureReason;
  readonly detail: string;
  /** The BMC was not asked this time: when it last was, and until when it is left alone. */
  readonly notAsked?: { readonly triedAt: string; readonly retryAt?: string };
}

/** How a node was seen to go down: it fell silent, or it came with another boot id. */
export type WentDown =
  { readonly by: "silence"; readonly missedProbes: number } | { readonly by: "boot-id"; readonly bootId: string };

/**
 * What one finished step of a node's run brought. The list of them is the run's whole memory: the ladder decides from
 * it alone, and it stands in the ledger, so that another replica goes on where this one died.
 */
export type Observation =
  /** Nodes that are built into it and were still being loaded when the time was up; none: it may go down. */
  | { readonly step: "await-subnodes"; readonly loading: readonly string[] }
  /** The newest state that the node reported, null for none; the base against which a new boot is told. */
  | {
      readonly step: "look-up-state";
      readonly state: NodeState | null;
      readonly reportId: number;
      readonly bootId: string | null;
    }
  | { readonly step: "wake"; readonly isAwake: boolean }
  | { readonly step: "probe"; readonly isAnswering: boolean }
  /** By which driver, where the node has several: it is kept to. */
  | { readonly step: "read-power"; readonly power: "on" | "off"; readonly by?: PowerDriverName }
  | { readonly step: "read-power"; readonly failure: StepFailure }
  | { readonly step: "reconfigure"; readonly isDone: boolean; readonly detail?: string }
  | { readonly step: "prepare"; readonly isDone: boolean; readonly detail?: string }
  | { readonly step: "ssh-reboot"; readonly wentDown: WentDown | null; readonly detail?: string }
  | { readonly step: "diag"; readonly wentDown: WentDown | null; readonly detail?: string }
  /** A turn on the node's circuit was booked, so many milliseconds ahead. */
  | { readonly step: "take-turn"; readonly waitMs: number }
  | { readonly step: "power-off" | "power-on"; readonly isConfirmed: true }
  | {
      readonly step: "power-off" | "power-on";
      readonly isConfirmed: false;
      readonly failure: StepFailure;
      readonly mayHaveFired: boolean;
    }
  /** A power command that can't be read back. */
  | { readonly step: "fire"; readonly outcome: "accepted" | "unknown" }
  | { readonly step: "fire"; readonly failure: StepFailure }
  | { readonly step: "reboot-on-host"; readonly isDone: boolean; readonly detail?: string }
  | {
      readonly step: "await-boot";
      readonly outcome: "isup";
      readonly bootId: string | null;
      readonly reportedBy: "address" | "token";
    }
  /** With the end of what its console showed since it was overdue, if that was anything. */
  | { readonly step: "await-boot"; readonly outcome: "tbfailed" | "timeout"; readonly console?: string };

export type StepName = Observation["step"];
/** The observations that a step may bring. */
export type ObservationOf<S extends StepName, O extends Observation = Observation> = O extends Observation
  ? S extends O["step"]
    ? O
    : never
  : never;

/** The last observation that a step brought, if it has been taken. */
export function seenOf<S extends StepName>(seen: readonly Observation[], step: S): ObservationOf<S> | undefined {
  return seen.findLast((observation): observation is ObservationOf<S> => observation.step === step);
}
