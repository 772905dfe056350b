import { generateKeyPairSync } from "node:crypto";

// https://docs.nats.io/using-nats/developer/connecting/nkey: base32 of prefix, 32 bytes of key, CRC-16 little endian.
const PREFIX_SEED = 18 << 3;
const PREFIX_USER = 20 << 3;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A user nkey: the seed (`SU…`) is the secret, the public key (`U…`) the name that the server knows. */
export interface NkeyPair {
  readonly seed: string;
  readonly publicKey: string;
}

/** A new user nkey from the system's randomness. Writes nothing: keep the seed with `writeSecret`. */
export function createIdentity(): NkeyPair {
  const { d, x } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  if (d === undefined || x === undefined) throw new TypeError("an ed25519 key came without its numbers");
  // A seed's first 13 bits are two prefixes of 5 bits and 3 of padding, so that it reads "SU".
  const seedPrefix = [PREFIX_SEED | (PREFIX_USER >> 5), (PREFIX_USER & 31) << 3];
  return { seed: encode(seedPrefix, d), publicKey: encode([PREFIX_USER], x) };
}

/** Whether a text is the public key of a user: prefix, length and checksum. */
export function isUserPublicKey(text: string): boolean {
  if (!/^U[A-Z2-7]{55}$/.test(text)) return false;
  const bytes = decodeBase32(text);
  return bytes.readUInt16LE(33) === crc16(bytes.subarray(0, 33)) && bytes[0] === PREFIX_USER;
}

function encode(prefix: readonly number[], key: string): string {
  const body = Buffer.concat([Buffer.from(prefix), Buffer.from(key, "base64url")]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(body));
  return encodeBase32(Buffer.concat([body, checksum]));
}

function encodeBase32(bytes: Buffer): string {
  let text = "";
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((pending >> (bits - 5)) & 31);
    pending &= 31;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((pending << (5 - bits)) & 31);
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let pending = 0;
  let bits = 0;
  for (const letter of text) {
    pending = ((pending & 127) << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8) bytes.push((pending >> (bits -= 8)) & 255);
  }
  return Buffer.from(bytes);
}

/** CRC-16/XMODEM, as nkeys have it. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc;
}
