import type { CipherSuite } from "../crypto/cipher-suite.ts";
import type { KeyExchange } from "../crypto/key-exchange.ts";
import type { SecureChannel } from "../crypto/secure-channel.ts";
import type { PrivilegeLevel } from "../wire/privilege-level.ts";
import type { BmcUser } from "./bmc-user.ts";

export interface Remote {
  readonly address: string;
  readonly port: number;
}

/** A session as the BMC holds it, from Open Session on. */
export interface BmcSession {
  readonly bmcSessionId: number;
  readonly consoleSessionId: number;
  readonly remote: Remote;
  readonly suite: CipherSuite;
  /** The privilege byte of the Open Session Request. */
  readonly openPrivilege: number;
  readonly bmcRandom: Uint8Array;
  usedAt: number;
  privilege: PrivilegeLevel;
  /** Known after RAKP 1. */
  keys?: { readonly user: BmcUser; readonly exchange: KeyExchange };
  /** Open after a right RAKP 3. */
  channel?: SecureChannel;
}

/** A set-up that nobody finishes gives its slot back after this. */
const HALF_OPEN_MS = 5_000;

/** A BMC's few session slots. Idle sessions lose theirs when somebody asks for one, or is looked for. */
export class SessionSlots {
  readonly #sessions = new Map<number, BmcSession>();
  readonly #count: number;
  readonly #idleTimeoutMs: number;
  readonly #onEnd: (session: BmcSession) => void;

  constructor(options: {
    readonly count: number;
    readonly idleTimeoutMs: number;
    readonly onEnd: (session: BmcSession) => void;
  }) {
    this.#count = options.count;
    this.#idleTimeoutMs = options.idleTimeoutMs;
    this.#onEnd = options.onEnd;
  }

  get size(): number {
    this.#expire();
    return this.#sessions.size;
  }

  get hasFree(): boolean {
    return this.size < this.#count;
  }

  add(session: BmcSession): void {
    this.#sessions.set(session.bmcSessionId, session);
  }

  get(bmcSessionId: number): BmcSession | undefined {
    const session = this.#sessions.get(bmcSessionId);
    if (session === undefined || !this.#isExpired(session, performance.now())) return session;
    this.delete(session);
    return undefined;
  }

  /** The set-up that a repeated Open Session Request began. */
  findHalfOpen(remote: Remote, consoleSessionId: number): BmcSession | undefined {
    for (const session of this.#sessions.values()) {
      const isSame = session.consoleSessionId === consoleSessionId && session.remote.port === remote.port;
      if (isSame && session.remote.address === remote.address && session.channel === undefined) return session;
    }
    return undefined;
  }

  delete(session: BmcSession): void {
    if (this.#sessions.delete(session.bmcSessionId)) this.#onEnd(session);
  }

  clear(): void {
    for (const session of this.#sessions.values()) this.delete(session);
  }

  #expire(): void {
    const now = performance.now();
    for (const session of this.#sessions.values()) if (this.#isExpired(session, now)) this.delete(session);
  }

  #isExpired(session: BmcSession, now: number): boolean {
    return now - session.usedAt > (session.channel === undefined ? HALF_OPEN_MS : this.#idleTimeoutMs);
  }
}
