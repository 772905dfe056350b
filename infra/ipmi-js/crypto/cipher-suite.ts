import type { Algorithms } from "../wire/setup/open-session-request.ts";
import type { Hash } from "./hash.ts";
import { sha1 } from "./sha1.ts";
import { sha256 } from "./sha256.ts";

/**
 * Cipher suites of IPMI 2.0 table 22-20 that this library speaks: 3 is HMAC-SHA1 with AES-CBC-128, 17 is HMAC-SHA256
 * with AES-CBC-128.
 */
export type CipherSuiteId = 3 | 17;

export interface CipherSuite {
  readonly id: CipherSuiteId;
  readonly algorithms: Algorithms;
  readonly hash: Hash;
  /** The truncated length of RAKP 4's integrity check value and of each packet's authentication code. */
  readonly codeBytes: number;
}

const SUITES: Readonly<Record<CipherSuiteId, CipherSuite>> = {
  3: { id: 3, algorithms: { authentication: 1, integrity: 1, confidentiality: 1 }, hash: sha1, codeBytes: 12 },
  17: { id: 17, algorithms: { authentication: 3, integrity: 4, confidentiality: 1 }, hash: sha256, codeBytes: 16 },
};

export function cipherSuite(id: CipherSuiteId): CipherSuite {
  return SUITES[id];
}

/** The suite of which `algorithms` are all three, among `allowed`. */
export function matchCipherSuite(algorithms: Algorithms, allowed: readonly CipherSuiteId[]): CipherSuite | undefined {
  return allowed
    .map(cipherSuite)
    .find(
      ({ algorithms: own }) =>
        own.authentication === algorithms.authentication &&
        own.integrity === algorithms.integrity &&
        own.confidentiality === algorithms.confidentiality,
    );
}
