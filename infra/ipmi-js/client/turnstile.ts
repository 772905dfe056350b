import type { Call } from "./call.ts";
import type { Sweep, Swept } from "./sweep.ts";

type Verdict = "entered" | "deadline" | "aborted";

/**
 * Lets so many in at once, in the order they came; the others wait, at most until their deadline. Of size 1 it keeps a
 * BMC's commands one after the other, of the client's window it keeps the sockets' receive buffers from overflowing: it
 * then lets no more than `entriesPerTurn` in during a turn of the event loop, so that answers are read between.
 */
export class Turnstile {
  readonly #sweep: Sweep;
  readonly #entriesPerTurn: number;
  readonly #waiting = new Set<(verdict: Verdict) => void>();
  #free: number;
  #leftInTurn: number;
  #isTurnEnding = false;

  constructor(sweep: Sweep, size: number, entriesPerTurn = Number.POSITIVE_INFINITY) {
    this.#sweep = sweep;
    this.#free = size;
    this.#entriesPerTurn = entriesPerTurn;
    this.#leftInTurn = entriesPerTurn;
  }

  /** Enters if that can be done at once. */
  tryEnter(): boolean {
    if (this.#waiting.size > 0 || this.#free === 0 || this.#leftInTurn === 0) return false;
    this.#take();
    return true;
  }

  /** Whoever is told `entered` must `leave()`, as must who has entered by `tryEnter`. */
  enter(call: Call): Promise<Verdict> {
    if (call.signal?.aborted === true) return Promise.resolve("aborted");
    if (this.tryEnter()) return Promise.resolve("entered");
    return new Promise((resolve) => {
      const settle = (verdict: Verdict) => {
        this.#waiting.delete(settle);
        this.#sweep.delete(item);
        call.signal?.removeEventListener("abort", abort);
        resolve(verdict);
      };
      const abort = () => settle("aborted");
      const item: Swept = { dueAt: call.deadlineAt, onDue: () => settle("deadline"), cancel: abort };
      this.#waiting.add(settle);
      this.#sweep.add(item);
      call.signal?.addEventListener("abort", abort);
    });
  }

  leave(): void {
    this.#free++;
    this.#letIn();
  }

  #letIn(): void {
    for (const next of this.#waiting) {
      if (this.#free === 0 || this.#leftInTurn === 0) return;
      this.#take();
      next("entered");
    }
  }

  #take(): void {
    this.#free--;
    this.#leftInTurn--;
    if (this.#isTurnEnding || this.#entriesPerTurn === Number.POSITIVE_INFINITY) return;
    this.#isTurnEnding = true;
    setImmediate(() => {
      this.#isTurnEnding = false;
      this.#leftInTurn = this.#entriesPerTurn;
      this.#letIn();
    });
  }
}
