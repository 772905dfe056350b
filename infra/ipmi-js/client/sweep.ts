/** Something that is due at a time; due again as long as it stays in the sweep and moves its `dueAt`. */
export interface Swept {
  readonly dueAt: number;
  onDue(now: number): void;
  /** The client closes: end now. */
  cancel(): void;
}

const TICK_MS = 10;

/**
 * One timer for everything that waits, whatever the number of BMCs. It runs, and keeps the process alive, only while
 * something waits. A due time is kept to within 10 ms or what the event loop lags; packets that have arrived already
 * are read before anything is called late.
 */
export class Sweep {
  readonly #waiting = new Set<Swept>();
  #isTicking = false;

  add(item: Swept): void {
    this.#waiting.add(item);
    if (!this.#isTicking) this.#tick();
  }

  delete(item: Swept): void {
    this.#waiting.delete(item);
  }

  /** Ends everything that waits. */
  cancelAll(): void {
    for (const item of this.#waiting) item.cancel();
  }

  #tick(): void {
    this.#isTicking = this.#waiting.size > 0;
    if (!this.#isTicking) return;
    setTimeout(() => {
      // The poll phase stands between a timer and an immediate: what the sockets hold is read first.
      setImmediate(() => {
        const now = performance.now();
        for (const item of this.#waiting) if (item.dueAt <= now) item.onDue(now);
        this.#tick();
      });
    }, TICK_MS);
  }
}

/** Resolves after `ms`, or as soon as `signal` aborts or the client closes, which the caller looks at. */
export function pause(sweep: Sweep, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      sweep.delete(item);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const item: Swept = { dueAt: performance.now() + ms, onDue: end, cancel: end };
    signal?.addEventListener("abort", end);
    sweep.add(item);
    if (signal?.aborted === true) end();
  });
}
