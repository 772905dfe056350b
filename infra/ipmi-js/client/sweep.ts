/** Something that is due at a time; due again as long as it stays in the sweep and moves its `dueAt`. */
export interface Swept {
  readonly dueAt: number;
  onDue(now: number): void;
  /** The client closes: end now. */
  cancel(): void;
}

const TICK_MS = 10;
/** libuv reads this many packets of a socket, then lets others have their turn: so many in a turn, and there may be more. */
const FULL_TURN_PACKETS = 32;
/** Packets without end don't put off what is due for longer than this. */
const MAX_READING_MS = 500;

/**
 * One timer for everything that waits, whatever the number of BMCs. It runs, and keeps the process alive, only while
 * something waits. A due time is kept to within 10 ms or what the event loop lags. Packets that have arrived already are
 * read before anything is called late: else whoever is busy for longer than a time-out would send everything again.
 */
export class Sweep {
  readonly #waiting = new Set<Swept>();
  readonly #receivedPackets: () => number;
  #isTicking = false;
  #allReadAt = 0;

  /** `receivedPackets`: how many packets have been read so far. */
  constructor(receivedPackets: () => number = () => 0) {
    this.#receivedPackets = receivedPackets;
  }

  /**
   * How long at most an answer that is read now has been on its way, if it was asked for at `sentAt`. What it then waited
   * for this process is left out, to within 10 ms: whoever has much to do must not take all BMCs for slow.
   */
  elapsedSince(sentAt: number): number {
    const now = performance.now();
    return Math.min(now - sentAt, Math.max(0, this.#allReadAt - sentAt) + TICK_MS);
  }

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
    if (this.#isTicking) setTimeout(() => this.#afterReading(performance.now()), TICK_MS);
  }

  /** The poll phase stands between a timer and an immediate, and between two immediates: what came is read first. */
  #afterReading(since: number): void {
    const readBefore = this.#receivedPackets();
    setImmediate(() => {
      const now = performance.now();
      const isMoreLikely = this.#receivedPackets() - readBefore >= FULL_TURN_PACKETS;
      if (isMoreLikely && now - since < MAX_READING_MS) {
        this.#afterReading(since);
        return;
      }
      this.#allReadAt = now;
      for (const item of this.#waiting) if (item.dueAt <= now) item.onDue(now);
      this.#tick();
    });
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
