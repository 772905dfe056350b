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
  readonly isLast?: boolean;
  /** Called when the first wait has passed in silence. */
  readonly onFirstSilence?: () => void;
}

/**
 * One message and the wait for its answer: sends copies until an answer to any of them is given to `answer()`, or until
 * silence, deadline or signal end it.
 */
export class Exchange<Answer> implements Swept {
  readonly #options: ExchangeOptions;
  readonly #end: (end: ExchangeEnd<Answer>) => void;
  readonly cancel = () => {
    if (this.#options.isLast !== true) this.#settle({ kind: "aborted", copies: this.#copies });
  };
  readonly ended: Promise<ExchangeEnd<Answer>>;
  #copies = 0;
  #firstSentAt = 0;
  #nextCopyAt = Number.POSITIVE_INFINITY;
  dueAt = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    let resolveEnd: (end: ExchangeEnd<Answer>) => void = () => undefined;
    this.ended = new Promise((resolve) => {
      resolveEnd = resolve;
    });
    this.#end = resolveEnd;
  }

  start(): Promise<ExchangeEnd<Answer>> {
    const { signal, sweep } = this.#options;
    const now = performance.now();
    this.#firstSentAt = now;
    if (signal?.aborted === true) this.#end({ kind: "aborted", copies: 0 });
    else if (this.#options.deadlineAt <= now) this.#end({ kind: "deadline", copies: 0 });
    else if (!this.#sendCopy(now)) this.#end({ kind: "not-sent", copies: 0 });
    else {
      signal?.addEventListener("abort", this.cancel);
      sweep.add(this);
    }
    return this.ended;
  }

  answer(answer: Answer): void {
    const { roundTrip } = this.#options;
    const elapsedMs = performance.now() - this.#firstSentAt;
    if (this.#copies === 1) roundTrip.measured(elapsedMs);
    else roundTrip.ambiguous(elapsedMs);
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
      this.#nextCopyAt = now + timeoutAfterCopy(roundTrip.baseMs, this.#copies);
    }
    this.dueAt = Math.min(this.#nextCopyAt, deadlineAt, this.#firstSentAt + silentAfterMs);
    return packet !== undefined;
  }

  #settle(end: ExchangeEnd<Answer>): void {
    this.#options.sweep.delete(this);
    this.#options.signal?.removeEventListener("abort", this.cancel);
    this.#end(end);
  }
}
