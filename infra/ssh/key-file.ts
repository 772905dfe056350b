/**
 * A key pair in the file format of OpenSSH (PROTOCOL.key), unencrypted: the magic, "none" twice, no options, one key;
 * its public blob; then the private part, which repeats a check number and is padded with 1 2 3… to 8 bytes.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";

const magic = Buffer.from("openssh-key-v1\0", "latin1");
const keyType = "ssh-ed25519";

/** The file holds no private key in OpenSSH's format: create one with `createSshKey`. */
export class SshKeyFileError extends Error {
  readonly code = "ssh-key-malformed";
  readonly path: string;

  constructor(path: string) {
    super(`${path} holds no private key in OpenSSH's format: move it away and create a new one`);
    this.name = "SshKeyFileError";
    this.path = path;
  }
}

/**
 * Makes an Ed25519 key and writes the private half to `path`, mode 0600; a file that is there stays (`EEXIST` is thrown).
 *
 * @returns the public half as `authorized_keys` takes it, `ssh-ed25519 AAAA…`.
 */
export async function createSshKey(path: string): Promise<string> {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(jwk.x ?? "", "base64url");
  const seed = Buffer.from(jwk.d ?? "", "base64url");
  const blob = Buffer.concat([field(keyType), field(publicKey)]);

  const check = randomBytes(4);
  const secret = [check, check, blob, field(Buffer.concat([seed, publicKey])), field("")];
  const length = secret.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (length % 8)) % 8));
  const body = Buffer.concat([
    magic,
    field("none"),
    field("none"),
    field(""),
    Buffer.from([0, 0, 0, 1]),
    field(blob),
    field(Buffer.concat([...secret, padding])),
  ]);

  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(
      `${["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----"].join("\n")}\n`,
    );
    await file.sync();
  } finally {
    await file.close();
  }
  return `${keyType} ${blob.toString("base64")}`;
}

/**
 * The public half of a private key's file, as `authorized_keys` takes it. Works without the passphrase, if there is one.
 *
 * @throws SshKeyFileError when the file is something else.
 */
export async function readSshPublicKey(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const body = Buffer.from(text.replace(/^-----.*$/gm, ""), "base64");
  try {
    if (!body.subarray(0, magic.length).equals(magic)) throw new SshKeyFileError(path);
    let offset = magic.length;
    for (let skipped = 0; skipped < 3; skipped++) offset += 4 + body.readUInt32BE(offset);
    const blobAt = offset + 8;
    const blob = body.subarray(blobAt, blobAt + body.readUInt32BE(offset + 4));
    const type = blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
    return `${type} ${blob.toString("base64")}`;
  } catch (error) {
    if (error instanceof RangeError) throw new SshKeyFileError(path);
    throw error;
  }
}

/** A string of the ssh protocol (RFC 4251 §5): its length in four bytes, then its bytes. */
function field(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
