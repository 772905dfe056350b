import { signedBytes } from "../../contracts/index.ts";
import { identityOf } from "../identity.ts";

/** Throw-away keys that everybody knows: good for these vectors and nothing else. */
const seed = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";
const otherSeed = "SUAAOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBZ5FE";

const op = "000102030405060708090a0b0c0d0e0f";
const subject = "rv.local.cmd.reboot.alice";
const payload = JSON.stringify({ v: 1, op, expiresAt: "2025-01-01T00:01:00.000Z", args: { nodelist: ["pc1", "pc2"] } });

interface Vector {
  readonly publicKey: string;
  readonly subject: string;
  /** As text; its UTF-8 bytes are what is signed and sent. */
  readonly payload: string;
  readonly signature: string;
}

export interface SigningVectors {
  readonly about: string;
  readonly seed: string;
  readonly publicKey: string;
  readonly good: readonly (Vector & { readonly name: string; readonly signedBytes: string })[];
  readonly bad: readonly (Vector & { readonly why: string })[];
}

/** What a signer must produce and a verifier must accept, and what it must refuse. */
export function signingVectors(): SigningVectors {
  const identity = identityOf(seed);
  const other = identityOf(otherSeed);
  const { publicKey } = identity;
  const bytesOf = (text: string) => Buffer.from(text, "utf8");
  const signed = (onSubject: string, text: string): Vector => ({
    publicKey,
    subject: onSubject,
    payload: text,
    signature: identity.sign(onSubject, bytesOf(text)),
  });
  const good = (name: string, vector: Vector) => {
    const bytes = signedBytes(vector.subject, bytesOf(vector.payload));
    return { name, ...vector, signedBytes: Buffer.from(bytes).toString("hex") };
  };
  const command = signed(subject, payload);
  const signatureBytes = Buffer.from(command.signature, "base64url");
  const flipped = Buffer.from(signatureBytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
  return {
    about:
      "signature = base64url(Ed25519(seed, signedBytes)), without padding; signedBytes = 'rv1\\n' + subject + '\\n' + " +
      "payload, here in hexadecimal. The keys are known to everybody: never use them.",
    seed,
    publicKey,
    good: [
      good("a command", command),
      good(
        "a query",
        signed("rv.local.query.operation.alice", payload.replace('{"nodelist":["pc1","pc2"]}', `{"op":"${op}"}`)),
      ),
      good("JSON with blanks: the bytes that are sent are signed, not their meaning", signed(subject, `${payload} \n`)),
      good("letters beyond ASCII, in UTF-8", signed(subject, '{"note":"Grüße, 世界"}')),
      good("an empty payload", signed(subject, "")),
    ],
    bad: [
      { why: "signed for another subject", ...command, subject: "rv.local.cmd.power.alice" },
      { why: "signed for another user's subject", ...command, subject: "rv.local.cmd.reboot.bob" },
      { why: "signed for another payload", ...command, payload: payload.replace("pc2", "pc3") },
      { why: "the same JSON with one more blank", ...command, payload: `${payload} ` },
      { why: "signed by another key", ...command, signature: other.sign(subject, bytesOf(payload)) },
      { why: "the right signature under another's key", ...command, publicKey: other.publicKey },
      { why: "the payload alone was signed", ...command, signature: identity.answerChallenge(payload) },
      {
        why: "the first line 'rv1' is missing",
        ...command,
        signature: identity.answerChallenge(`${subject}\n${payload}`),
      },
      { why: "one bit of the signature differs", ...command, signature: flipped.toString("base64url") },
      { why: "the signature is a byte short", ...command, signature: signatureBytes.subarray(1).toString("base64url") },
      { why: "there is no signature", ...command, signature: "" },
      {
        why: "the public key's checksum is wrong",
        ...command,
        publicKey: `${publicKey.slice(0, -1)}${publicKey.endsWith("A") ? "B" : "A"}`,
      },
      { why: "the seed stands where the public key belongs", ...command, publicKey: seed },
    ],
  };
}
