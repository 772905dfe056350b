// The arithmetic of RAKP, IPMI 2.0 §13.31 and §13.32, the same on both sides. SIDm, Rm are the console's session ID and
// random number; SIDc, Rc, GUIDc the BMC's; Kuid is the user's password, padded to 20 bytes.
//
//   RAKP 2   HMAC Kuid (SIDm, SIDc, Rm, Rc, GUIDc, role, name length, name)
//   RAKP 3   HMAC Kuid (Rc, SIDm, role, name length, name)
//   SIK      HMAC Kg   (Rm, Rc, role, name length, name)        Kg = Kuid where none is set
//   RAKP 4   HMAC SIK  (Rm, SIDc, GUIDc), truncated
//   K1, K2   HMAC SIK  (01h × 20), (02h × 20)

import { writeUint32 } from "../wire/little-endian.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { HmacKey } from "./hmac.ts";

export interface KeyExchange {
  readonly suite: CipherSuite;
  readonly userKey: HmacKey;
  /** Kg, or the user's key where the BMC has none. */
  readonly bmcKey: HmacKey;
  readonly consoleSessionId: number;
  readonly bmcSessionId: number;
  readonly consoleRandom: Uint8Array;
  readonly bmcRandom: Uint8Array;
  readonly guid: Uint8Array;
  readonly role: number;
  readonly username: Uint8Array;
}

export const PASSWORD_BYTES = 20;

/** A password (UTF-8 if a string) or a K_g as IPMI uses it: padded with zeros to 20 bytes. */
export function padSecret(secret: string | Uint8Array): Uint8Array {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  const padded = new Uint8Array(PASSWORD_BYTES);
  padded.set(bytes.subarray(0, PASSWORD_BYTES));
  return padded;
}

export function rakp2Code(exchange: KeyExchange): Uint8Array {
  const { consoleRandom, bmcRandom, guid } = exchange;
  const ids = [sessionId(exchange.consoleSessionId), sessionId(exchange.bmcSessionId)];
  return exchange.userKey.digest(join([...ids, consoleRandom, bmcRandom, guid, ...user(exchange)]));
}

export function rakp3Code(exchange: KeyExchange): Uint8Array {
  return exchange.userKey.digest(join([exchange.bmcRandom, sessionId(exchange.consoleSessionId), ...user(exchange)]));
}

/** The session integrity key, from which everything that protects the session is derived. */
export function sessionIntegrityKey(exchange: KeyExchange): HmacKey {
  const { suite, consoleRandom, bmcRandom } = exchange;
  return new HmacKey(suite.hash, exchange.bmcKey.digest(join([consoleRandom, bmcRandom, ...user(exchange)])));
}

export function rakp4Code(exchange: KeyExchange, integrityKey: HmacKey): Uint8Array {
  const { consoleRandom, bmcSessionId, guid } = exchange;
  return integrityKey.digest(join([consoleRandom, sessionId(bmcSessionId), guid]));
}

/** K1 authenticates packets, the first 16 bytes of K2 encrypt them. */
export function additionalKeyMaterial(integrityKey: HmacKey, constant: 1 | 2): Uint8Array {
  return integrityKey.digest(new Uint8Array(20).fill(constant));
}

function user(exchange: KeyExchange): Uint8Array[] {
  return [Uint8Array.of(exchange.role, exchange.username.length), exchange.username];
}

function sessionId(id: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, id);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
