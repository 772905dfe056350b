import type { FailureReason } from "../../contracts/index.ts";
import type { IpmiPower } from "./config.ts";
import type { PowerFailure, PowerOptions, PowerTarget } from "./port.ts";

/** How an exchange with a BMC ended: it answered, the exchange was left and nothing is known, or why it failed. */
export type ExchangeEnd = "answered" | "left" | FailureReason;

/** Leave to ask a BMC, and the password to ask it with. Until the exchange is ended, nobody else talks to the BMC. */
export interface BmcLeave {
  readonly ok: true;
  readonly password: string;
  /** Must be called once an exchange is over, and again after each further one under the same leave. Never rejects. */
  ended(end: ExchangeEnd): Promise<void>;
  /** Begins a further exchange under the same leave. False if somebody else may talk to the BMC by now: ask for leave anew. */
  resume(): boolean;
  /** While an exchange is under way: begins a further one, which follows in any case. */
  keep(): void;
}

export interface BmcAccess {
  /**
   * Whether a node's BMC may be asked now, and with which password. Waits while somebody else talks to it. A failure says why
   * not: nothing answered there a moment ago, it has refused this password before, there is none, or it was never free.
   * Asked by every `prepare`, and by a `read` that follows none. `hangUp` closes what is open to the BMC with a password.
   */
  ask(
    target: PowerTarget<IpmiPower>,
    options: PowerOptions,
    hangUp: (password: string) => Promise<void>,
  ): Promise<BmcLeave | PowerFailure>;
  /** The target asks no more. */
  release(target: PowerTarget<IpmiPower>): void;
}

/** IPMI 2.0, 13.1.2: RMCP's primary port. */
const defaultPort = 623;

/** A BMC by its address and port, as people write it; nodes may share one. */
export function bmcNameOf({ address, port = defaultPort }: Pick<IpmiPower, "address" | "port">): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
