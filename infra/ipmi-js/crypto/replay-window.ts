/**
 * Which session sequence numbers have been seen (IPMI 2.0 §6.12.13). A number is taken once: ahead of the highest seen
 * always, behind it while it is one of the last 32. The specification's limit of 15 ahead is not kept: only packets
 * that proved their sender get here, and a limit would make a lossy session deaf for ever.
 */
export class ReplayWindow {
  #highest = 0;
  /** Bit n: highest - n has been seen. */
  #seen = 0;

  /** Takes `sequence` and says true, or says false if it was taken before, is too old, or is 0 (no session). */
  take(sequence: number): boolean {
    const ahead = (sequence - this.#highest) | 0;
    if (sequence === 0 || ahead <= -32) return false;
    if (ahead > 0) {
      this.#seen = ahead < 32 ? (this.#seen << ahead) | 1 : 1;
      this.#highest = sequence;
      return true;
    }
    const bit = 1 << -ahead;
    if (ahead === 0 || (this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    return true;
  }
}
