import type { CipherSuiteId } from "../crypto/cipher-suite.ts";
import type { Quirk } from "../quirk.ts";
import { RMCP_PORT } from "../wire/rmcp.ts";
import type { PrivilegeLevel } from "../wire/privilege-level.ts";

/** A BMC, and who to be there. */
export interface BmcTarget {
  /** IP address, or a host name, which is looked up once a session. */
  readonly address: string;
  /** UDP port, default 623. */
  readonly port?: number;
  readonly username: string;
  /** At most 20 bytes (UTF-8 if a string). */
  readonly password: string | Uint8Array;
  /** The BMC key, 20 bytes, where the BMC has one. */
  readonly kg?: Uint8Array;
  /** Default 17. */
  readonly cipherSuite?: CipherSuiteId;
  /** Tried when the BMC refuses `cipherSuite`; without it, there is no falling back. */
  readonly fallbackCipherSuite?: CipherSuiteId;
  /** The most that the session is asked to allow, default `operator`: enough for all that this library does. */
  readonly privilege?: PrivilegeLevel;
  readonly quirks?: readonly Quirk[];
}

/** A target with its defaults filled in. */
export type ResolvedTarget = Required<Omit<BmcTarget, "kg" | "fallbackCipherSuite">> &
  Pick<BmcTarget, "kg" | "fallbackCipherSuite">;

export function resolveTarget(target: BmcTarget): ResolvedTarget {
  return { port: RMCP_PORT, cipherSuite: 17, privilege: "operator", quirks: [], ...target };
}

/** Equal for targets that may share a session. Holds the password: never to be shown. */
export function targetKey(target: ResolvedTarget): string {
  const { address, port, username, cipherSuite, fallbackCipherSuite, privilege, quirks } = target;
  const password = typeof target.password === "string" ? target.password : Buffer.from(target.password).toString("hex");
  const kg = target.kg === undefined ? "" : Buffer.from(target.kg).toString("hex");
  return JSON.stringify([
    address,
    port,
    username,
    typeof target.password,
    password,
    kg,
    cipherSuite,
    fallbackCipherSuite ?? 0,
    privilege,
    quirks,
  ]);
}
