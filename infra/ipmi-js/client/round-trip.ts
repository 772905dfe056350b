// When to send another copy. A BMC's own round trip decides (RFC 6298's estimate); where it is not known yet, that of its
// neighbours, but never more than a quarter of a second. Time-outs grow by halves of the first, not by doubling: on a lossy network of quick BMCs doubling
// costs seconds, measured, and a slow BMC is served by the answer to any copy anyway.

export const FIRST_TIMEOUT_MS = 250;
export const MIN_TIMEOUT_MS = 100;
export const MAX_TIMEOUT_MS = 2_000;

/** The wait after the `copies`-th copy of a message, when the wait after the first is `baseMs`. */
export function timeoutAfterCopy(baseMs: number, copies: number): number {
  return Math.min(baseMs * (1 + (copies - 1) / 2), MAX_TIMEOUT_MS);
}

export class RoundTrip {
  readonly #neighbours: RoundTrip | undefined;
  #smoothedMs: number | undefined;
  #deviationMs = 0;
  #baseMs: number | undefined;
  #longestMs = 0;

  /** `neighbours` learns what this one measures. */
  constructor(neighbours?: RoundTrip) {
    this.#neighbours = neighbours;
  }

  /** The wait after a first copy. */
  get baseMs(): number {
    return this.#baseMs ?? Math.min(this.#neighbours?.baseMs ?? FIRST_TIMEOUT_MS, FIRST_TIMEOUT_MS);
  }

  /** The longest that an answer took since the first copy, whichever copy it was to. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Only one copy had been sent: the time is that of its answer. */
  measured(elapsedMs: number): void {
    this.#neighbours?.measured(elapsedMs);
    this.#longestMs = Math.max(this.#longestMs, elapsedMs);
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = elapsedMs;
      this.#deviationMs = elapsedMs / 2;
    } else {
      this.#deviationMs += (Math.abs(elapsedMs - this.#smoothedMs) - this.#deviationMs) / 4;
      this.#smoothedMs += (elapsedMs - this.#smoothedMs) / 8;
    }
    const wanted = this.#smoothedMs + 4 * this.#deviationMs;
    this.#baseMs = Math.min(Math.max(wanted, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
  }

  /**
   * An answer came after several copies, nobody knows to which (Karn's problem). Of a BMC that has been measured, or that
   * answers the last copy as quickly as was expected, a copy was lost, and nothing changes. Any other may be slow, and
   * gets the time since the first.
   */
  ambiguous(sinceFirstMs: number, sinceLastMs: number): void {
    this.#longestMs = Math.max(this.#longestMs, sinceFirstMs);
    if (this.#smoothedMs !== undefined || sinceLastMs <= this.baseMs) return;
    this.#baseMs = Math.min(sinceFirstMs, MAX_TIMEOUT_MS);
  }
}
