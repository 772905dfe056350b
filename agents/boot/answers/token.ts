import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A boot's one-time token, 256 random bits in base64url, and what is kept of it. */
export function createToken(): { readonly token: string; readonly tokenSha256: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenSha256: digestOf(token) };
}

/** SHA-256, hexadecimal. A token is looked for by it, so that how long that takes tells nothing of a token. */
export function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export function isSameDigest(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The token of `Authorization: Bearer TOKEN` (RFC 6750 §2.1), or undefined for a header of any other shape. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{43})$/.exec(authorization ?? "")?.[1];
}
