/** The headers by which a command or a query proves who sent it. */
export const keyHeader = "Reveille-Key";
export const signatureHeader = "Reveille-Signature";

/** The first line of what is signed: a signature made for anything else is never good here. */
const domainTag = "rv1";

/** The bytes that are signed, Ed25519: `"rv1\n" + subject + "\n" + payload`. */
export function signedBytes(subject: string, payload: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${domainTag}\n${subject}\n`);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}
