const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/**
 * How long to wait before a server is started again: not at all after it had been ready, then 50 ms, doubling with
 * each start that failed, up to 5 s.
 */
export function restartDelayMs(failedStarts: number): number {
  return failedStarts === 0 ? 0 : Math.min(FIRST_MS * 2 ** (failedStarts - 1), LONGEST_MS);
}
