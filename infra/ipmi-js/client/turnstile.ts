import type { Call } from "./call.ts";
import type { Sweep, Swept } from "./sweep.ts";

type Verdict = "entered" | "deadline" | "aborted";

/** `hurried`: whoever has little time left goes before those who have more. */
type Pace = "hurried" | "patient";

/**
 * Lets so many in at once, in the order they came, the hurried first; the others wait, at most until their deadline. Of size
 * 1 it keeps a BMC's commands one after the other, of the client's window it keeps the sockets' receive buffers from
 * overflowing: it then lets no more than `entriesPerTurn` in during a turn of the event loop, so that answers are read
 * between.
 */
export class Turnstile {
  readonly #sweep: Sweep;
  readonly #entriesPerTurn: number;
  readonly #waiting = {
    hurried: new Set<(verdict: Verdict) => void>(),
    patient: new Set<(verdict: Verdict) => void>(),
  };
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
  tryEnter(pace: Pace = "patient"): boolean {
    const { hurried, patient } = this.#waiting;
    const isPreceded = hurried.size > 0 || (pace === "patient" && patient.size > 0);
    if (isPreceded || this.#free === 0 || this.#leftInTurn === 0) return false;
    this.#take();
    return true;
  }

  /** Whoever is told `entered` must `leave()`, as must who has entered by `tryEnter`. */
  enter(call: Call, pace: Pace = "patient"): Promise<Verdict> {
    if (call.signal?.aborted === true) return Promise.resolve("aborted");
    if (this.tryEnter(pace)) return Promise.resolve("entered");
    const waiting = this.#waiting[pace];
    return new Promise((resolve) => {
      const settle = (verdict: Verdict) => {
        waiting.delete(settle);
        this.#sweep.delete(item);
        call.signal?.removeEventListener("abort", abort);
        resolve(verdict);
      };
      const abort = () => settle("aborted");
      const item: Swept = { dueAt: call.deadlineAt, onDue: () => settle("deadline"), cancel: abort };
      waiting.add(settle);
      this.#sweep.add(item);
      call.signal?.addEventListener("abort", abort);
    });
  }

  leave(): void {
    this.#free++;
    this.#letIn();
  }

  #letIn(): void {
    for (const waiting of [this.#waiting.hurried, this.#waiting.patient]) {
      for (const next of waiting) {
        if (this.#free === 0 || this.#leftInTurn === 0) return;
        this.#take();
        next("entered");
      }
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
