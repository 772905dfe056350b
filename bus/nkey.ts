import { type KeyObject, createPrivateKey, createPublicKey } from "node:crypto";

/**
 * The nkey encoding of Ed25519 keys, as NATS writes them: base32 (RFC 4648, no padding) of prefix, 32 key bytes and a
 * CRC-16/XMODEM, little-endian. The arithmetic is node:crypto's: 119 µs a verification, against 19 ms in JavaScript.
 */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const userPrefix = 20 << 3;
const seedPrefix = 18 << 3;

/** DER heads of an Ed25519 key (RFC 8410 §4 and §7); the 32 key bytes follow. */
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

/** Thrown for text that is no nkey of the kind expected; never holds the text, which may be a secret. */
export class NkeyError extends Error {
  readonly code = "nkey-invalid";
}

/** The verifying key of an nkey user's public half (`U…`); throws NkeyError. */
export function verifyingKeyOf(publicKey: string): KeyObject {
  const bytes = decodeChecked(publicKey);
  if (bytes.length !== 33 || bytes[0] !== userPrefix) throw new NkeyError("not the public key of an nkey user (U…)");
  return createPublicKey({ key: Buffer.concat([spkiHead, bytes.subarray(1)]), format: "der", type: "spki" });
}

/** The signing key and the public half (`U…`) of an nkey user's seed (`SU…`); throws NkeyError. */
export function readSeed(seed: string): { readonly privateKey: KeyObject; readonly publicKey: string } {
  const bytes = decodeChecked(seed.trim());
  const [first = 0, second = 0] = bytes;
  const kind = ((first & 7) << 5) | (second >> 3);
  if (bytes.length !== 34 || (first & 0xf8) !== seedPrefix || kind !== userPrefix) {
    throw new NkeyError("not the seed of an nkey user (SU…)");
  }
  const key = Buffer.concat([pkcs8Head, bytes.subarray(2)]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { privateKey, publicKey: encodeChecked(Buffer.from([userPrefix, ...spki.subarray(-32)])) };
}

function encodeChecked(payload: Buffer): string {
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(payload));
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of Buffer.concat([payload, checksum])) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >> bits) & 31);
    }
  }
  return bits > 0 ? text + alphabet.charAt((value << (5 - bits)) & 31) : text;
}

function decodeChecked(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw new NkeyError("an nkey has only the letters A-Z and digits 2-7");
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  // One spelling a key: no letter too many, no stray bit in the last one.
  if (bits >= 5 || (value & ((1 << bits) - 1)) !== 0) throw new NkeyError("the nkey's last letter is wrong");
  const all = Buffer.from(bytes);
  if (all.length < 3) throw new NkeyError("the nkey is too short");
  const payload = all.subarray(0, -2);
  if (all.readUInt16LE(all.length - 2) !== crc16(payload)) throw new NkeyError("the nkey's checksum is wrong");
  return payload;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
