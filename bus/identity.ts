import { type KeyObject, sign, verify } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { signedBytes } from "../contracts/index.ts";
import { readSeed, verifyingKeyOf } from "./nkey.ts";

/** Who we are on the bus: proves itself to nats-server, and signs what it asks of agents. */
export interface Identity {
  /** `U…`, the nkey's public half. */
  readonly publicKey: string;
  /** The answer to nats-server's challenge, base64url. */
  answerChallenge(nonce: string): string;
  /** The value of the `Reveille-Signature` header for a payload on a subject, base64url. */
  sign(subject: string, payload: Uint8Array): string;
}

/** Thrown when a key file cannot be used; the message says which file and what to do. */
export class KeyFileError extends Error {
  readonly code = "key-file-unusable";
}

export function identityOf(seed: string): Identity {
  const { privateKey, publicKey } = readSeed(seed);
  const signBytes = (bytes: Uint8Array) => sign(null, bytes, privateKey).toString("base64url");
  return {
    publicKey,
    answerChallenge: (nonce) => signBytes(Buffer.from(nonce)),
    sign: (subject, payload) => signBytes(signedBytes(subject, payload)),
  };
}

/** Reads an nkey seed file, which nobody but its owner may read; throws KeyFileError. */
export async function loadIdentity(keyFile: string): Promise<Identity> {
  try {
    const { mode } = await stat(keyFile);
    if (mode & 0o077) {
      throw new KeyFileError(`key file ${keyFile} can be read by others; protect it with: chmod 600 ${keyFile}`);
    }
    return identityOf(await readFile(keyFile, "utf8"));
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KeyFileError(`cannot use key file ${keyFile}: ${why}`, { cause });
  }
}

const verifyingKeys = new Map<string, KeyObject>();
const maxVerifyingKeys = 10_000;

/** Whether `signature` over the payload on that subject was made by `publicKey`'s owner; false for anything malformed. */
export function isSignedBy(publicKey: string, subject: string, payload: Uint8Array, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.length !== 64) return false;
  let key = verifyingKeys.get(publicKey);
  if (!key) {
    try {
      key = verifyingKeyOf(publicKey);
    } catch {
      return false;
    }
    if (verifyingKeys.size >= maxVerifyingKeys) verifyingKeys.clear();
    verifyingKeys.set(publicKey, key);
  }
  return verify(null, signedBytes(subject, payload), key, bytes);
}
