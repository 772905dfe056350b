/**
 * Secrets sealed to one agent: whoever holds its public key can seal, and the agent alone can open.
 *
 *     v1.<base64url of: ephemeral public key (32 bytes) | ciphertext | tag (16 bytes)>
 *
 * An ephemeral X25519 key (RFC 7748) and the agent's make a shared secret; HKDF-SHA256 (RFC 5869; salt: ephemeral and agent's
 * public keys, info: "reveille sealed v1") makes of it a key of 32 bytes and a nonce of 12 for AES-256-GCM. The key is
 * used once, since each sealing has an ephemeral key of its own. The context is the additional authenticated data: what
 * is sealed for one node does not open for another. The length of the secret can be seen.
 */
import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
} from "node:crypto";
import { SealError } from "./seal-error.ts";
import { keyBytes, publicKeyFrom, rawPublicKey, readPrivateKey, readPublicKey } from "./sealing-key.ts";

const version = "v1";
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals `plaintext` for the holder of the key's other half. `context` says what it belongs to, e.g. the node's name: it
 * is not secret, is not kept in the sealed text, and is needed to open it.
 *
 * @throws SealError `key-malformed`.
 */
export function seal(publicKey: string, plaintext: string, context: string): string {
  const recipient = readPublicKey(publicKey);
  const ephemeral = generateKeyPairSync("x25519");
  const ephemeralRaw = rawPublicKey(ephemeral.publicKey);
  const { key, nonce } = deriveOnce(
    { privateKey: ephemeral.privateKey, publicKey: recipient },
    Buffer.concat([ephemeralRaw, rawPublicKey(recipient)]),
  );
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([sealing.update(plaintext, "utf8"), sealing.final()]);
  return `${version}.${Buffer.concat([ephemeralRaw, ciphertext, sealing.getAuthTag()]).toString("base64url")}`;
}

/**
 * Gives the plaintext of what was sealed to its key under a context.
 *
 * @throws SealError `sealed-malformed` or `sealed-for-another`.
 */
type SealOpener = (sealed: string, context: string) => string;

/**
 * An opener by this key, which is read once: that takes three times as long as to open something with it.
 *
 * @throws SealError `key-malformed`.
 */
export function createSealOpener(privateKey: string): SealOpener {
  const recipient = readPrivateKey(privateKey);
  const recipientRaw = rawPublicKey(createPublicKey(recipient));
  return (sealed, context) => {
    const { ephemeralRaw, ciphertext, tag } = parse(sealed);
    try {
      const { key, nonce } = deriveOnce(
        { privateKey: recipient, publicKey: publicKeyFrom(ephemeralRaw) },
        Buffer.concat([ephemeralRaw, recipientRaw]),
      );
      const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(context))
        .setAuthTag(tag);
      return Buffer.concat([opening.update(ciphertext), opening.final()]).toString("utf8");
    } catch (cause) {
      throw new SealError("sealed-for-another", `the secret of ${context} does not open with this key: seal it anew`, {
        cause,
      });
    }
  };
}

function parse(sealed: string): { ephemeralRaw: Buffer; ciphertext: Buffer; tag: Buffer } {
  const match = /^v1\.([A-Za-z0-9_-]+)$/.exec(sealed);
  const bytes = Buffer.from(match?.[1] ?? "", "base64url");
  if (bytes.length < keyBytes + tagBytes) {
    throw new SealError("sealed-malformed", "the sealed secret is cut off or of an unknown version: seal it anew");
  }
  return {
    ephemeralRaw: bytes.subarray(0, keyBytes),
    ciphertext: bytes.subarray(keyBytes, -tagBytes),
    tag: bytes.subarray(-tagBytes),
  };
}

/** A public key of low order makes no secret: node:crypto refuses it. */
function deriveOnce(
  pair: { privateKey: KeyObject; publicKey: KeyObject },
  salt: Buffer,
): { key: Buffer; nonce: Buffer } {
  const info = `reveille sealed ${version}`;
  const derived = Buffer.from(hkdfSync("sha256", diffieHellman(pair), salt, info, 32 + nonceBytes));
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32) };
}
