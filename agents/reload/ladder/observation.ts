import type { FailureReason, LoadedImage, Partition, Phase, Via } from "../../../contracts/index.ts";

/** Why an attempt came to nothing, with what a person needs to see why. */
export interface LoadFault {
  readonly reason: FailureReason;
  readonly phase: Phase;
  readonly detail?: string;
  /** The operation of another agent that decided it. */
  readonly childOp?: string;
  /** The end of what the ramdisk logged. */
  readonly bootLog?: string;
}

/** An image that was found whole, as it is to be loaded. */
export interface CheckedImage {
  readonly image: string;
  /** Undefined for the whole disk. */
  readonly partition?: number;
  readonly rawBytes: number;
  readonly fileBytes: number;
  readonly rawSha256: string;
  readonly manifestSha256: string;
  readonly partitions: readonly Partition[];
}

/**
 * What one finished step of a node's load brought. The list of them is the run's whole memory: the ladder decides from it
 * alone, and it stands in the ledger, so that another replica goes on where this one died. `retry` parts one attempt
 * from the next.
 */
export type Observation =
  | {
      readonly step: "check-images";
      readonly images: readonly CheckedImage[];
      /** Where they go, as the ramdisk calls it; null for its first disk. */
      readonly disk: string | null;
      /** The image to go back to when the node is freed. */
      readonly defaultImage: string | null;
    }
  | { readonly step: "check-images"; readonly fault: LoadFault }
  /** The newest report of the node before it was touched: what comes after it is of this load. */
  | { readonly step: "look-up-state"; readonly reportId: number; readonly bootId: string | null }
  /** The loader is selected; reports of this load name it by `loadId`. */
  | { readonly step: "arm"; readonly loadId: string }
  /** The node was restarted, by `at`; from then on its start and its load are timed. */
  | { readonly step: "reboot"; readonly childOp: string; readonly via: Via | null; readonly at: string }
  | { readonly step: "reboot"; readonly fault: LoadFault }
  /** The ramdisk has said that it runs. */
  | { readonly step: "await-start"; readonly reportId: number }
  | { readonly step: "await-start"; readonly fault: LoadFault }
  /** Every image is on the disk, each with the digest that it should have. */
  | {
      readonly step: "await-load";
      readonly reportId: number;
      readonly loaded: readonly LoadedImage[];
      readonly transport: "http" | "multicast" | null;
    }
  | { readonly step: "await-load"; readonly fault: LoadFault }
  /** What is on the disk is recorded, and the node boots from it, from `at` on. */
  | { readonly step: "conclude"; readonly at: string }
  | {
      readonly step: "await-boot";
      readonly outcome: "isup";
      readonly bootId: string | null;
      readonly reportedBy: "address" | "token";
    }
  | { readonly step: "await-boot"; readonly outcome: "tbfailed" | "timeout" }
  /** The load was given up: the node boots from its disk, whatever is on it. */
  | { readonly step: "disarm" }
  | { readonly step: "retry"; readonly after: LoadFault };

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

/** Which attempt is under way, from 1. */
export function attemptOf(seen: readonly Observation[]): number {
  return 1 + seen.filter(({ step }) => step === "retry").length;
}

/** What the attempt under way has brought. */
export function ofThisAttempt(seen: readonly Observation[]): readonly Observation[] {
  return seen.slice(seen.findLastIndex(({ step }) => step === "retry") + 1);
}
