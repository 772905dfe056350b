import type { NodeResult, NodeSelection, NodeTypeOverrides, RefusalReason, Verb } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import type { BacklogLimits } from "./backlog.ts";

/** What the site knows of whoever asks, at the moment of asking. */
export interface UserFacts {
  readonly user: string;
  readonly kind: "person" | "agent";
  readonly isAdmin: boolean;
  readonly projects: readonly string[];
}

/** What the site knows of a node that is asked for. */
export interface NodeFacts {
  readonly node: string;
  readonly isRebootable: boolean;
  readonly isImageable: boolean;
  /** Its type's; null if the type has none. */
  readonly defaultImage: string | null;
  readonly settings: NodeTypeOverrides;
  readonly project: string | null;
  /** It is free, and still holds what its last experiment left. */
  readonly isFreed: boolean;
  readonly host: string | null;
  /** Of the interface that it boots from; null if it cannot boot over the network. */
  readonly mac: string | null;
  /** Where its images are written to; null for its first disk. */
  readonly disk: string | null;
}

export interface AdmissionFacts {
  readonly user: UserFacts;
  /** In no order; only nodes that exist. */
  readonly nodes: readonly NodeFacts[];
  /** Names that are asked for and do not exist. */
  readonly unknown: readonly string[];
  readonly isExperimentKnown: boolean;
}

/** One node's part as admission leaves it: to be run, to wait for its host's run, or ended already. */
export interface AdmittedRun {
  readonly node: string;
  readonly waitsFor?: string;
  readonly result?: NodeResult;
  /** What its driver begins with; left out: nothing. */
  readonly progress?: unknown;
  /** What would be done, for a person. */
  readonly plan?: string;
  /** What would be loaded, for a dry run. */
  readonly images?: readonly string[];
  /** What stands in the way and may be got round, for a dry run. */
  readonly obstacle?: string;
  /** Its failure is not counted. */
  readonly isNonfatal?: boolean;
  /** How long it takes if all goes well, seconds. */
  readonly estimateS?: number;
}

export type AdmissionDecision =
  | { readonly kind: "refuse"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "admit"; readonly runs: readonly AdmittedRun[]; readonly maxFailures?: number };

export interface AdmissionRequest {
  readonly op: string;
  readonly verb: Verb;
  readonly user: string;
  /** What makes two commands the same: everything but `expiresAt` and `debug`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly parentOp?: string;
  readonly expiresAt: string;
  /** A child has no later one than its parent, whatever it asks for. */
  readonly deadlineAt?: Date;
  readonly selection: NodeSelection;
  /** False for reads, which no other operation needs to wait for. */
  readonly needsLocks: boolean;
  /** How much may wait or run before more is refused; left out, anything is taken. */
  readonly limits?: BacklogLimits;
  /** Tells what would become of each node, and leaves no trace. */
  readonly isDryRun?: boolean;
}

export type AdmissionOutcome =
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "planned"; readonly runs: readonly AdmittedRun[] }
  | { readonly kind: "admitted"; readonly runs: readonly AdmittedRun[]; readonly isFinished: boolean }
  | { readonly kind: "existing" };

export interface AdmissionPolicy<More = undefined> {
  /** Reads, in the admitting transaction, what this domain decides by beside the facts that all do. */
  readMore(tx: Sql, facts: AdmissionFacts): Promise<More>;
  /** Pure: whether the command is admitted, and what becomes of each node. */
  decide(facts: AdmissionFacts, more: More): AdmissionDecision;
  /** The result of a node that another operation holds. */
  busyResult(holder: string | null): NodeResult;
}

/** Carries an outcome out of the transaction, which is thereby undone. */
export class Undone extends Error {
  readonly outcome: AdmissionOutcome;
  constructor(outcome: AdmissionOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

export class Refused extends Undone {
  constructor(reason: RefusalReason, detail: string) {
    super({ kind: "refused", reason, detail });
  }
}

/** Whether admission leaves the run to be driven. */
export const isToRun = (run: AdmittedRun) => run.result === undefined;
