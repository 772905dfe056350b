import type { Shares } from "../../infra/db/index.ts";

/** A user may hold so many times what is still free: one alone gets 8 of 9 places, two get 8 of 17 each. */
const perFree = 8;

/**
 * How many runs of each user a replica holds. However much one of them has queued, some places stay free for whoever comes
 * next (the dynamic thresholds of Choudhury and Hahne, 1998): a small operation begins at once beside a huge one of slow nodes.
 */
export interface Holdings {
  add(user: string): void;
  remove(user: string): void;
  /** What the next claim shares the room out by. */
  shares(): Shares;
  /** Whether somebody has all that they may have, so that more of theirs can be taken once a run ends. */
  isAnyFull(): boolean;
}

export function createHoldings(capacity: number): Holdings {
  const held = new Map<string, number>();
  let total = 0;
  return {
    add(user) {
      total += 1;
      held.set(user, (held.get(user) ?? 0) + 1);
    },
    remove(user) {
      total -= 1;
      const left = (held.get(user) ?? 0) - 1;
      if (left > 0) held.set(user, left);
      else held.delete(user);
    },
    shares: () => ({ perFree, free: capacity - total, held }),
    isAnyFull: () => [...held.values()].some((count) => count >= perFree * (capacity - total)),
  };
}
