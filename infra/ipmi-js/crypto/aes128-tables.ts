// The tables of AES, FIPS 197, made from its field arithmetic: GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.

export const SBOX = new Uint8Array(256);
export const INVERSE_SBOX = new Uint8Array(256);
/** SubBytes and MixColumns of one byte of the first row; the other rows are this, rotated. */
export const ENCRYPT = new Int32Array(256);
/** InvSubBytes and InvMixColumns, likewise. */
export const DECRYPT = new Int32Array(256);
/** InvMixColumns alone, for the round keys of the equivalent inverse cipher. */
export const UNMIX = new Int32Array(256);

function double(x: number): number {
  return (x << 1) ^ (x & 0x80 ? 0x11b : 0);
}

function column(top: number, second: number, third: number, fourth: number): number {
  return (top << 24) | (second << 16) | (third << 8) | fourth;
}

function fillTables(): void {
  // 3 generates the field: walk p = 3^n and q = 3^-n together, so that q is always the inverse of p.
  let p = 1;
  let q = 1;
  do {
    p = (p ^ double(p)) & 0xff;
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
    const rotated = q ^ rotate(q, 1) ^ rotate(q, 2) ^ rotate(q, 3) ^ rotate(q, 4);
    SBOX[p] = rotated ^ 0x63;
  } while (p !== 1);
  SBOX[0] = 0x63;
  for (let x = 0; x < 256; x++) {
    const s = SBOX[x] ?? 0;
    INVERSE_SBOX[s] = x;
    ENCRYPT[x] = column(double(s), s, s, double(s) ^ s);
    const x2 = double(x);
    const x4 = double(x2);
    const x8 = double(x4);
    UNMIX[x] = column(x8 ^ x4 ^ x2, x8 ^ x, x8 ^ x4 ^ x, x8 ^ x2 ^ x);
  }
  for (let x = 0; x < 256; x++) DECRYPT[x] = UNMIX[INVERSE_SBOX[x] ?? 0] ?? 0;
}

function rotate(byte: number, by: number): number {
  return ((byte << by) | (byte >>> (8 - by))) & 0xff;
}

fillTables();
