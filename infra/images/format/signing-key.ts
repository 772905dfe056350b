/**
 * The site's image key, Ed25519 (RFC 8032), both halves as PEM. The reload agent alone has the private half and keeps it
 * as any secret (a file of mode 0600); the public half goes into the deploy ramdisk. A signature is the 64 raw bytes over
 * exactly the bytes of the manifest's file, so that a ramdisk needs no more than
 * `openssl pkeyutl -verify -pubin -inkey KEY -rawin -in NAME.manifest -sigfile NAME.manifest.sig`.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

export interface ImageKey {
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** PKCS #8, unencrypted: who has it can have nodes run anything. */
  readonly privateKey: string;
}

/** The text is not an Ed25519 key in PEM; the message holds nothing of it. */
export class ImageKeyError extends Error {
  readonly code = "image-key-malformed";

  constructor(half: "public" | "private", options?: ErrorOptions) {
    super(`the ${half} image key is no Ed25519 key in PEM: create one with createImageKey`, options);
    this.name = "ImageKeyError";
  }
}

export function createImageKey(): ImageKey {
  return generateKeyPairSync("ed25519", {
    publicKeyEncoding: { format: "pem", type: "spki" },
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
  });
}

/** The public half of a private key. @throws ImageKeyError. */
export function publicKeyOf(privateKey: string): string {
  const key = keyFrom("private", () => createPrivateKey(privateKey));
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/** @throws ImageKeyError. */
export function signManifest(privateKey: string, manifest: Buffer): Buffer {
  return sign(
    null,
    manifest,
    keyFrom("private", () => createPrivateKey(privateKey)),
  );
}

/** @throws ImageKeyError; a signature of any other shape is merely wrong. */
export function isSignedBy(publicKey: string, manifest: Buffer, signature: Buffer): boolean {
  return verify(
    null,
    manifest,
    keyFrom("public", () => createPublicKey(publicKey)),
    signature,
  );
}

function keyFrom(half: "public" | "private", read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    throw new ImageKeyError(half, { cause });
  }
  if (key.asymmetricKeyType !== "ed25519") throw new ImageKeyError(half);
  return key;
}
