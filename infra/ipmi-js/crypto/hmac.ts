// HMAC, RFC 2104, with the states after the key's inner and outer block kept: a digest of a short message then costs
// two or three compressions.

import { BLOCK_BYTES, type Hash } from "./hash.ts";

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

const running = new Int32Array(8);
const tail = new Uint8Array(2 * BLOCK_BYTES);

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
    const hash = this.#hash;
    const inner = new Uint8Array(hash.digestBytes);
    running.set(this.#inner);
    absorb(hash, message, start, end);
    writeState(inner);
    running.set(this.#outer);
    absorb(hash, inner, 0, inner.length);
    writeState(inner);
    return inner;
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
  const block = new Uint8Array(BLOCK_BYTES).fill(pad);
  for (let at = 0; at < key.length; at++) block[at] = (key[at] ?? 0) ^ pad;
  const state = Int32Array.from(hash.initialState);
  hash.compress(state, block, 0);
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

function writeState(digest: Uint8Array): void {
  for (let at = 0; at < digest.length; at += 4) {
    const word = running[at >> 2] ?? 0;
    digest[at] = word >>> 24;
    digest[at + 1] = word >>> 16;
    digest[at + 2] = word >>> 8;
    digest[at + 3] = word;
  }
}
