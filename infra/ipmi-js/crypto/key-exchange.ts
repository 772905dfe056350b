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

/** Where what is hashed is put together: two IDs, three times 16 bytes, and a name of at most 255. */
const scratch = new Uint8Array(320);

/** A password (UTF-8 if a string) or a K_g as IPMI uses it: padded with zeros to 20 bytes. */
export function padSecret(secret: string | Uint8Array): Uint8Array {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  const padded = new Uint8Array(PASSWORD_BYTES);
  padded.set(bytes.subarray(0, PASSWORD_BYTES));
  return padded;
}

export function rakp2Code(exchange: KeyExchange): Uint8Array {
  const { consoleRandom, bmcRandom, guid } = exchange;
  writeUint32(scratch, 0, exchange.consoleSessionId);
  writeUint32(scratch, 4, exchange.bmcSessionId);
  scratch.set(consoleRandom, 8);
  scratch.set(bmcRandom, 24);
  scratch.set(guid, 40);
  return exchange.userKey.digest(scratch, 0, writeUser(exchange, 56));
}

export function rakp3Code(exchange: KeyExchange): Uint8Array {
  scratch.set(exchange.bmcRandom, 0);
  writeUint32(scratch, 16, exchange.consoleSessionId);
  return exchange.userKey.digest(scratch, 0, writeUser(exchange, 20));
}

/** The session integrity key, from which everything that protects the session is derived. */
export function sessionIntegrityKey(exchange: KeyExchange): HmacKey {
  scratch.set(exchange.consoleRandom, 0);
  scratch.set(exchange.bmcRandom, 16);
  return new HmacKey(exchange.suite.hash, exchange.bmcKey.digest(scratch, 0, writeUser(exchange, 32)));
}

export function rakp4Code(exchange: KeyExchange, integrityKey: HmacKey): Uint8Array {
  scratch.set(exchange.consoleRandom, 0);
  writeUint32(scratch, 16, exchange.bmcSessionId);
  scratch.set(exchange.guid, 20);
  return integrityKey.digest(scratch, 0, 36);
}

const CONSTANTS = [1, 2].map((value) => new Uint8Array(20).fill(value));

/** K1 authenticates packets, the first 16 bytes of K2 encrypt them. */
export function additionalKeyMaterial(integrityKey: HmacKey, constant: 1 | 2): Uint8Array {
  return integrityKey.digest(CONSTANTS[constant - 1] ?? new Uint8Array(0));
}

/** Role, name length and name, to `at` of the scratch; says where they end. */
function writeUser({ role, username }: KeyExchange, at: number): number {
  scratch[at] = role;
  scratch[at + 1] = username.length;
  scratch.set(username, at + 2);
  return at + 2 + username.length;
}
