import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { SealError } from "./seal-error.ts";

/** An X25519 key pair (RFC 7748), each half 32 bytes in base64url without padding. */
export interface SealingKey {
  readonly publicKey: string;
  /** Whoever has it opens all that was ever sealed to the public half. */
  readonly privateKey: string;
}

export const keyBytes = 32;

/** What stands before the 32 bytes in DER (RFC 8410 §4 and §7). */
const publicPrefix = Buffer.from("302a300506032b656e032100", "hex");
const privatePrefix = Buffer.from("302e020100300506032b656e04220420", "hex");

export function createSealingKey(): SealingKey {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicKey: rawPublicKey(publicKey).toString("base64url"),
    privateKey: privateKey.export({ format: "der", type: "pkcs8" }).subarray(-keyBytes).toString("base64url"),
  };
}

/**
 * The public half of a private key.
 *
 * @throws SealError `key-malformed`.
 */
export function publicKeyOf(privateKey: string): string {
  return rawPublicKey(createPublicKey(readPrivateKey(privateKey))).toString("base64url");
}

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(-keyBytes);
}

export function publicKeyFrom(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: "der", type: "spki" });
}

/** @throws SealError `key-malformed`. */
export function readPublicKey(text: string): KeyObject {
  return publicKeyFrom(keyFrom(text, "public"));
}

/** @throws SealError `key-malformed`. */
export function readPrivateKey(text: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([privatePrefix, keyFrom(text, "private")]),
    format: "der",
    type: "pkcs8",
  });
}

function keyFrom(text: string, half: "public" | "private"): Buffer {
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return Buffer.from(text, "base64url");
  throw new SealError("key-malformed", `the ${half} sealing key is not 32 bytes in base64url: create one anew`);
}
