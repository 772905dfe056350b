// AES-128 in CBC mode, FIPS 197 and NIST SP 800-38A, on packets of one to a few blocks, where a call to node:crypto
// costs 25 times the arithmetic. Table look-ups are not constant in time: somebody who shares the processor's cache
// could in principle learn session keys, which live as long as the session. Passwords never enter here.

import { DECRYPT, ENCRYPT, INVERSE_SBOX, SBOX, UNMIX } from "./aes128-tables.ts";

/* eslint-disable @typescript-eslint/no-non-null-assertion -- table indices are bytes, key indices 0..43 */

export const AES_BLOCK_BYTES = 16;
const ROUNDS = 10;
const KEY_WORDS = 4 * (ROUNDS + 1);

export class Aes128Key {
  readonly #encrypt = new Int32Array(KEY_WORDS);
  readonly #decrypt = new Int32Array(KEY_WORDS);

  /** `key` has at least 16 bytes; the first 16 count. */
  constructor(key: Uint8Array) {
    expandKey(key, this.#encrypt);
    for (let i = 0; i < KEY_WORDS; i++) {
      const word = this.#encrypt[(ROUNDS - (i >> 2)) * 4 + (i & 3)]!;
      this.#decrypt[i] = i < 4 || i >= 4 * ROUNDS ? word : unmix(word);
    }
  }

  /** Encrypts whole blocks in place: `bytes` from `start` to `end`, the 16 bytes before `start` being the IV. */
  encryptCbc(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at += AES_BLOCK_BYTES) {
      for (let i = 0; i < AES_BLOCK_BYTES; i++) bytes[at + i] = bytes[at + i]! ^ bytes[at + i - AES_BLOCK_BYTES]!;
      transformBlock(this.#encrypt, ENCRYPT, SBOX, ENCRYPT_COLUMNS, bytes, at, bytes, at);
    }
  }

  /** Decrypts `count` bytes of `sealed` from `start`, the first 16 being the IV; returns what follows, in the clear. */
  decryptCbc(sealed: Uint8Array, start = 0, count = sealed.length): Uint8Array {
    const clear = new Uint8Array(count - AES_BLOCK_BYTES);
    for (let at = 0; at < clear.length; at += AES_BLOCK_BYTES) {
      const from = start + at + AES_BLOCK_BYTES;
      transformBlock(this.#decrypt, DECRYPT, INVERSE_SBOX, DECRYPT_COLUMNS, sealed, from, clear, at);
      for (let i = 0; i < AES_BLOCK_BYTES; i++) clear[at + i] = clear[at + i]! ^ sealed[start + at + i]!;
    }
    return clear;
  }
}

function expandKey(key: Uint8Array, words: Int32Array): void {
  for (let i = 0; i < 4; i++) {
    words[i] = (key[4 * i]! << 24) | (key[4 * i + 1]! << 16) | (key[4 * i + 2]! << 8) | key[4 * i + 3]!;
  }
  let roundConstant = 1;
  for (let i = 4; i < KEY_WORDS; i++) {
    let word = words[i - 1]!;
    if ((i & 3) === 0) {
      word = substitute((word << 8) | (word >>> 24)) ^ (roundConstant << 24);
      roundConstant = (roundConstant << 1) ^ (roundConstant & 0x80 ? 0x11b : 0);
    }
    words[i] = words[i - 4]! ^ word;
  }
}

function substitute(word: number): number {
  return (
    (SBOX[word >>> 24]! << 24) |
    (SBOX[(word >>> 16) & 0xff]! << 16) |
    (SBOX[(word >>> 8) & 0xff]! << 8) |
    SBOX[word & 0xff]!
  );
}

function unmix(word: number): number {
  return (
    UNMIX[word >>> 24]! ^
    rotateRight(UNMIX[(word >>> 16) & 0xff]!, 8) ^
    rotateRight(UNMIX[(word >>> 8) & 0xff]!, 16) ^
    rotateRight(UNMIX[word & 0xff]!, 24)
  );
}

function rotateRight(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

// ShiftRows takes row r of column c from column c + r; its inverse from column c - r.
const ENCRYPT_COLUMNS = 1;
const DECRYPT_COLUMNS = 3;

const now = new Int32Array(4);
const next = new Int32Array(4);

function transformBlock(
  key: Int32Array,
  table: Int32Array,
  box: Uint8Array,
  step: number,
  from: Uint8Array,
  fromAt: number,
  to: Uint8Array,
  toAt: number,
): void {
  for (let c = 0; c < 4; c++) {
    const i = fromAt + 4 * c;
    now[c] = ((from[i]! << 24) | (from[i + 1]! << 16) | (from[i + 2]! << 8) | from[i + 3]!) ^ key[c]!;
  }
  for (let round = 1; round < ROUNDS; round++) {
    for (let c = 0; c < 4; c++) {
      const t1 = table[(now[(c + step) & 3]! >>> 16) & 0xff]!;
      const t2 = table[(now[(c + 2) & 3]! >>> 8) & 0xff]!;
      const t3 = table[now[(c + 3 * step) & 3]! & 0xff]!;
      next[c] =
        table[now[c]! >>> 24]! ^
        ((t1 >>> 8) | (t1 << 24)) ^
        ((t2 >>> 16) | (t2 << 16)) ^
        ((t3 >>> 24) | (t3 << 8)) ^
        key[4 * round + c]!;
    }
    now[0] = next[0]!;
    now[1] = next[1]!;
    now[2] = next[2]!;
    now[3] = next[3]!;
  }
  for (let c = 0; c < 4; c++) {
    const word = key[4 * ROUNDS + c]!;
    const i = toAt + 4 * c;
    to[i] = box[now[c]! >>> 24]! ^ (word >>> 24);
    to[i + 1] = box[(now[(c + step) & 3]! >>> 16) & 0xff]! ^ (word >>> 16);
    to[i + 2] = box[(now[(c + 2) & 3]! >>> 8) & 0xff]! ^ (word >>> 8);
    to[i + 3] = box[now[(c + 3 * step) & 3]! & 0xff]! ^ word;
  }
}
