import type { Reason, RefusalReason, Results, Retry } from "../../../contracts/index.ts";

/** What is known of a command so far; what a refusal, a fault or Ctrl-C half-way can tell of it. */
export interface CommandRecord {
  /** The operation's, once that is known; before, the command's word (`wait`). */
  verb: string;
  op?: string | undefined;
  /** Known once a context was read. */
  user?: string | undefined;
  /** Of a command that makes no operation: the command line that shows what became of it. */
  followUp?: string;
  /** From when the command may have been admitted. */
  isSent: boolean;
}

/** How a command line ended. It decides the exit status, and the last thing that is printed. */
export type Ending =
  /** A read, or a deed without results: all is printed. `missingCount`: how many of the things asked for are not there, or not whole. */
  | { readonly kind: "answered"; readonly missingCount?: number }
  /** `--async`: admitted, and not waited for. */
  | { readonly kind: "accepted" }
  /** Every node has its result; `code` is how many did not succeed. */
  | { readonly kind: "ended"; readonly code: number; readonly results: Results; readonly retry?: Retry }
  /** Refused as a whole: nothing was touched. */
  | { readonly kind: "refused"; readonly reason: Reason; readonly detail: string }
  /** Ctrl-C: what was asked for goes on. */
  | { readonly kind: "detached" }
  /** A fault of ours, or a lost answer: what was asked for may go on, or may not have begun. */
  | { readonly kind: "unknown"; readonly reason: "internal-error" | "answer-lost"; readonly cause: unknown };

/** Thrown to end a command that cannot be carried out: nothing was touched. Its reason is the catalogue's. */
export class RefusedError extends Error {
  readonly code = "refused";
  readonly reason: RefusalReason | "cancelled-by-user";

  constructor(reason: RefusalReason | "cancelled-by-user", detail: string) {
    super(detail);
    this.name = "RefusedError";
    this.reason = reason;
  }
}

/** Thrown where an agent did not answer: whether the change was made is unknown. Making it again does no harm. */
export class UnansweredError extends Error {
  readonly code = "answer-lost";
}
