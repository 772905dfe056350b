import { randomFillSync } from "node:crypto";

/** Yields `count` random bytes, a fresh array each time. */
export type RandomBytes = (count: number) => Uint8Array;

const POOL_BYTES = 4096;

/** Random bytes from node:crypto, drawn 4 KiB at a time: 256 initialisation vectors for the price of one. */
export function createRandomBytes(): RandomBytes {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (count) => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + count);
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  };
}
