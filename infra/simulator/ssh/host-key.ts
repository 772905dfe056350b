import { type KeyObject, createPrivateKey, createPublicKey } from "node:crypto";

/** A node's ed25519 host key. */
export interface HostKey {
  /** `ssh-ed25519 AAAA…`, as known_hosts and the inventory have it. */
  readonly publicLine: string;
  /** The private key in the openssh-key-v1 format, the only one of ed25519 that ssh2 reads; encoded when it is asked for. */
  privateFile(): string;
}

const ALGORITHM = "ssh-ed25519";
/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const FILE_MAGIC = Buffer.from("openssh-key-v1\0", "latin1");
const FILE_BLOCK_BYTES = 8;

/** The key whose secret is `secret`, 32 bytes. */
export function createHostKey(secret: Uint8Array): HostKey {
  const publicKey = rawPublicKey(
    createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: "der", type: "pkcs8" }),
  );
  const publicBlob = Buffer.concat([field(ALGORITHM), field(publicKey)]);
  return {
    publicLine: `${ALGORITHM} ${publicBlob.toString("base64")}`,
    privateFile: () => privateFileOf(secret, { publicKey, publicBlob }),
  };
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  return Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "", "base64url");
}

/** OpenSSH's PROTOCOL.key, without encryption; the two check words are equal, their value is of no account. */
function privateFileOf(
  secret: Uint8Array,
  { publicKey, publicBlob }: { readonly publicKey: Uint8Array; readonly publicBlob: Uint8Array },
): string {
  const check = word(0);
  const secretPart = Buffer.concat([
    check,
    check,
    field(ALGORITHM),
    field(publicKey),
    field(Buffer.concat([secret, publicKey])),
    field(""),
  ]);
  const padBytes = (FILE_BLOCK_BYTES - (secretPart.length % FILE_BLOCK_BYTES)) % FILE_BLOCK_BYTES;
  const pad = Uint8Array.from({ length: padBytes }, (_, at) => at + 1);
  const file = Buffer.concat([
    FILE_MAGIC,
    field("none"),
    field("none"),
    field(""),
    word(1),
    field(publicBlob),
    field(Buffer.concat([secretPart, pad])),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([word(bytes.length), bytes]);
}
