import { timingSafeEqual } from "node:crypto";
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from "ssh2";
import { FleetOptionsError } from "../errors.ts";

const USER = "root";

/**
 * The key that may log in, from its line in authorized_keys.
 *
 * @throws FleetOptionsError when it is no public key.
 */
export function parseAuthorizedKey(line: string): ParsedKey {
  const key = ssh2.utils.parseKey(line);
  if (key instanceof Error) throw new FleetOptionsError(`authorizedKey is no OpenSSH public key: ${key.message}`);
  return key;
}

/** Answers one request to log in: root, with `authorizedKey`, and nobody else in no other way. */
export function authenticate(context: AuthContext, authorizedKey: ParsedKey): void {
  if (context.method === "publickey" && context.username === USER && isKey(context.key.data, authorizedKey)) {
    // Without a signature the client only asks whether the key would do.
    if (!context.signature || isSigned(context, authorizedKey)) {
      context.accept();
      return;
    }
  }
  context.reject(["publickey"]);
}

function isSigned({ signature, blob, hashAlgo }: PublicKeyAuthContext, key: ParsedKey): boolean {
  if (!signature || !blob) return false;
  // ssh2 returns an Error, which is truthy, where it cannot verify; its types do not say so.
  const verdict: unknown = key.verify(blob, signature, hashAlgo);
  return verdict === true;
}

function isKey(data: Buffer, key: ParsedKey): boolean {
  const wanted = key.getPublicSSH();
  return data.length === wanted.length && timingSafeEqual(data, wanted);
}
