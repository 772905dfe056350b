/** The most `firing`s in one statement: all that it lets go must leave within the window that began with it. */
const maxFirings = 64;
/** What a batch may take, milliseconds: a quarter of the window, so that those it lets go have the rest to leave in. */
const aimMs = 125;

export const firstFiringBatch = maxFirings;

/**
 * How many `firing`s the next statement has, pure: one that took too long is followed by as many as would have taken what it
 * may, a quick one by twice its like. So a ledger that is slow by the row lets some go in time, where a whole batch would miss
 * its window again and again; one at least is always tried.
 */
export function nextFiringBatch(size: number, last: { readonly count: number; readonly tookMs: number }): number {
  if (last.tookMs <= aimMs) return Math.min(maxFirings, size * 2);
  return Math.max(1, Math.floor((last.count * aimMs) / last.tookMs));
}
