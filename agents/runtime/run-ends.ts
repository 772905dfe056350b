import { type EarlyEnding, EndsEarly } from "./early-ending.ts";

/**
 * What ends a run, or a step of it, from outside. A signal is made when somebody first listens to it: hardly any is ever
 * aborted, and making one takes Node.js 20 as long as a whole write of the run.
 */
export class RunEnds {
  readonly #abort = new AbortController();
  readonly #lose = new AbortController();
  readonly #leave = new AbortController();
  #isLetGo = false;
  /** Aborted once the operation is cancelled, or its deadline has passed: end at the next place where a step may be left. */
  readonly earlySignal: AbortSignal;

  constructor(earlySignal: AbortSignal) {
    this.earlySignal = earlySignal;
    if (earlySignal.aborted) this.#leave.abort(earlySignal.reason);
  }

  /** What the run ends with at that place; undefined while `earlySignal` is not aborted. */
  get earlyEnding(): EarlyEnding | undefined {
    return this.earlySignal.reason instanceof EndsEarly ? this.earlySignal.reason.ending : undefined;
  }

  /** Whether `signal` is aborted. */
  get isLetGo(): boolean {
    return this.#isLetGo;
  }

  /** Aborted when the run is no longer ours to go on with: the lease was lost, or this replica stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborted when even what may not be broken off must end: the lease was lost, or a stop takes too long. */
  get lostSignal(): AbortSignal {
    return this.#lose.signal;
  }

  /** Aborted when the run is let go, and by `earlySignal`: ends a step that may be left. */
  get leaveSignal(): AbortSignal {
    return this.#leave.signal;
  }

  /** Ends a step that may be left. */
  leave(reason: Error): void {
    this.#leave.abort(reason);
  }

  /** The run is not to be gone on with; what may not be broken off still comes to its end. */
  letGo(reason: Error): void {
    this.#isLetGo = true;
    this.#abort.abort(reason);
    this.#leave.abort(reason);
  }

  /** Ends even that. */
  lose(reason: Error): void {
    this.letGo(reason);
    this.#lose.abort(reason);
  }
}
