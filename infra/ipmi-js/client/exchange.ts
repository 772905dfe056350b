import { type RoundTrip, timeoutAfterCopy } from "./round-trip.ts";
import type { Sweep, Swept } from "./sweep.ts";

/** How an exchange ended; `copies` is how many copies of the message had left by then. */
export type ExchangeEnd<Answer> = { readonly copies: number } & (
  | { readonly kind: "answered"; readonly answer: Answer }
  /** Nothing came for `silentAfterMs` since the first copy. */
  | { readonly kind: "silent" }
  | { readonly kind: "deadline" }
  | { readonly kind: "aborted" }
  /** `nextCopy` gave no first copy. */
  | { readonly kind: "not-sent" }
);

export interface ExchangeOptions {
  /** The packet to send as the `copy`-th (from 1), or `undefined` when no more may leave. Asked right before it does. */
  readonly nextCopy: (copy: number) => Uint8Array | undefined;
  readonly send: (packet: Uint8Array) => void;
  readonly roundTrip: RoundTrip;
  readonly sweep: Sweep;
  readonly deadlineAt: number;
  readonly silentAfterMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The closing of the client does not end it: it is part of that closing. */
  readonly isLast?: boolean | undefined;
  /** Called when the first wait has passed in silence. */
  readonly onFirstSilence?: (() => void) | undefined;
}

/**
 * One message and the wait for its answer: sends copies until an answer to any of them is given to `answer()`, or until
 * silence, deadline or signal end it.
 */
export class Exchange<Answer> implements Swept {
  readonly #options: ExchangeOptions;
  #end: ((end: ExchangeEnd<Answer>) => void) | undefined;
  #onAbort: (() => void) | undefined;
  #copies = 0;
  #firstSentAt = 0;
  #lastSentAt = 0;
  #nextCopyAt = Number.POSITIVE_INFINITY;
  dueAt = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Whether its end has been told, or it has not begun. */
  get hasEnded(): boolean {
    return this.#end === undefined;
  }

  start(): Promise<ExchangeEnd<Answer>> {
    return new Promise((resolve) => {
      const { signal, sweep, deadlineAt } = this.#options;
      const now = performance.now();
      this.#firstSentAt = now;
      if (signal?.aborted === true) resolve({ kind: "aborted", copies: 0 });
      else if (deadlineAt <= now) resolve({ kind: "deadline", copies: 0 });
      else if (!this.#sendCopy(now)) resolve({ kind: "not-sent", copies: 0 });
      else {
        this.#end = resolve;
        if (signal !== undefined) {
          this.#onAbort = () => this.cancel();
          signal.addEventListener("abort", this.#onAbort);
        }
        sweep.add(this);
      }
    });
  }

  cancel(): void {
    if (this.#options.isLast !== true) this.#settle({ kind: "aborted", copies: this.#copies });
  }

  answer(answer: Answer): void {
    const { roundTrip, sweep } = this.#options;
    const sinceFirstMs = sweep.elapsedSince(this.#firstSentAt);
    if (this.#copies === 1) roundTrip.measured(sinceFirstMs);
    else roundTrip.ambiguous(sinceFirstMs, sweep.elapsedSince(this.#lastSentAt));
    this.#settle({ kind: "answered", copies: this.#copies, answer });
  }

  onDue(now: number): void {
    const { deadlineAt, silentAfterMs, onFirstSilence } = this.#options;
    if (now >= deadlineAt) this.#settle({ kind: "deadline", copies: this.#copies });
    else if (now >= this.#firstSentAt + silentAfterMs) this.#settle({ kind: "silent", copies: this.#copies });
    else if (now >= this.#nextCopyAt) {
      if (this.#copies === 1) onFirstSilence?.();
      this.#sendCopy(now);
    }
  }

  #sendCopy(now: number): boolean {
    const { deadlineAt, silentAfterMs, roundTrip } = this.#options;
    const packet = this.#options.nextCopy(this.#copies + 1);
    if (packet === undefined) {
      this.#nextCopyAt = Number.POSITIVE_INFINITY;
    } else {
      this.#options.send(packet);
      this.#copies++;
      this.#lastSentAt = now;
      this.#nextCopyAt = now + timeoutAfterCopy(roundTrip.baseMs, this.#copies);
    }
    this.dueAt = Math.min(this.#nextCopyAt, deadlineAt, this.#firstSentAt + silentAfterMs);
    return packet !== undefined;
  }

  #settle(end: ExchangeEnd<Answer>): void {
    const { sweep, signal } = this.#options;
    sweep.delete(this);
    if (this.#onAbort !== undefined) signal?.removeEventListener("abort", this.#onAbort);
    const tell = this.#end;
    this.#end = undefined;
    tell?.(end);
  }
}
