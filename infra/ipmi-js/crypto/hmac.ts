// HMAC, RFC 2104, with the states after the key's inner and outer block kept: a digest of a short message then costs
// two or three compressions.

import { BLOCK_BYTES, type Hash } from "./hash.ts";

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
const MAX_DIGEST_BYTES = 32;

// Scratch: nothing here outlives a call, and no call is interrupted by another.
const running = new Int32Array(8);
const tail = new Uint8Array(2 * BLOCK_BYTES);
const padded = new Uint8Array(BLOCK_BYTES);
const innerDigest = new Uint8Array(MAX_DIGEST_BYTES);

export class HmacKey {
  readonly #hash: Hash;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  /** `key` is at most 64 bytes, as all of IPMI's are. */
  constructor(hash: Hash, key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new RangeError("an HMAC key longer than a block is not used in IPMI");
    this.#hash = hash;
    this.#inner = stateAfterPad(hash, key, INNER_PAD);
    this.#outer = stateAfterPad(hash, key, OUTER_PAD);
  }

  /** The HMAC of `message` from `start` (0) to `end` (its length). */
  digest(message: Uint8Array, start = 0, end = message.length): Uint8Array {
    const digest = new Uint8Array(this.#hash.digestBytes);
    this.#run(message, start, end);
    writeState(digest, 0, digest.length);
    return digest;
  }

  /** Writes the first `count` bytes (a multiple of 4) of the HMAC of `message` from `start` to `end` behind `end`. */
  append(message: Uint8Array, start: number, end: number, count: number): void {
    this.#run(message, start, end);
    writeState(message, end, count);
  }

  /** Whether the first `count` bytes (a multiple of 4) of that HMAC are behind `end`. */
  isAppended(message: Uint8Array, start: number, end: number, count: number): boolean {
    this.#run(message, start, end);
    let difference = 0;
    for (let i = 0; i < count; i += 4) difference |= (running[i >> 2] ?? 0) ^ readWord(message, end + i);
    return difference === 0;
  }

  /** Leaves the HMAC in `running`. */
  #run(message: Uint8Array, start: number, end: number): void {
    const hash = this.#hash;
    running.set(this.#inner);
    absorb(hash, message, start, end);
    writeState(innerDigest, 0, hash.digestBytes);
    running.set(this.#outer);
    absorb(hash, innerDigest, 0, hash.digestBytes);
  }
}

/** Compares without telling by its duration where the first difference is. */
export function isSameCode(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

function stateAfterPad(hash: Hash, key: Uint8Array, pad: number): Int32Array {
  padded.fill(pad);
  for (let at = 0; at < key.length; at++) padded[at] = (key[at] ?? 0) ^ pad;
  const state = new Int32Array(hash.initialState);
  hash.compress(state, padded, 0);
  return state;
}

/** Takes the last part of a message, its padding and its length (with the key's block) into `running`. */
function absorb(hash: Hash, message: Uint8Array, start: number, end: number): void {
  let at = start;
  for (; end - at >= BLOCK_BYTES; at += BLOCK_BYTES) hash.compress(running, message, at);
  const rest = end - at;
  const tailBytes = rest + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;
  tail.fill(0, 0, tailBytes);
  for (let i = 0; i < rest; i++) tail[i] = message[at + i] ?? 0;
  tail[rest] = 0x80;
  const bits = (BLOCK_BYTES + end - start) * 8;
  tail[tailBytes - 4] = bits >>> 24;
  tail[tailBytes - 3] = bits >>> 16;
  tail[tailBytes - 2] = bits >>> 8;
  tail[tailBytes - 1] = bits;
  hash.compress(running, tail, 0);
  if (tailBytes > BLOCK_BYTES) hash.compress(running, tail, BLOCK_BYTES);
}

function writeState(to: Uint8Array, at: number, count: number): void {
  for (let i = 0; i < count; i += 4) {
    const word = running[i >> 2] ?? 0;
    to[at + i] = word >>> 24;
    to[at + i + 1] = word >>> 16;
    to[at + i + 2] = word >>> 8;
    to[at + i + 3] = word;
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}
