import { createHash } from "node:crypto";

/** A stream of random values that is the same for the same seed. Never for secrets that matter. */
export interface SeededRandom {
  /** At least 0, below 1. */
  fraction(): number;
  /** At least `min`, below `max`. */
  between(min: number, max: number): number;
  bytes(count: number): Uint8Array;
}

/**
 * xoshiro128** over the SHA-256 of `seed`. Each purpose wants a stream of its own (`"1/pc1/boot"`): else how many packets
 * a client happens to send would decide how long the next boot takes.
 */
export function createSeededRandom(seed: string): SeededRandom {
  const digest = createHash("sha256").update(seed).digest();
  let [a, b, c, d] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];

  const word = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const fraction = (): number => word() / 2 ** 32;
  const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => word() >>> 24);

  return {
    fraction,
    between: (min, max) => min + fraction() * (max - min),
    bytes,
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
