import type { FailureReason } from "../../contracts/index.ts";
import type { IpmiPower } from "./config.ts";
import type { PowerFailure, PowerOptions, PowerTarget } from "./port.ts";

/** How an exchange with a BMC ended: it answered, the exchange was left and nothing is known, or why it failed. */
export type ExchangeEnd = "answered" | "left" | FailureReason;

/** Leave to ask a BMC, and the password to ask it with. */
export interface BmcLeave {
  readonly ok: true;
  readonly password: string;
  /** Must be called once an exchange is over, and again after each further one under the same leave. Never rejects. */
  ended(end: ExchangeEnd): Promise<void>;
}

/**
 * Whether a node's BMC may be asked now, and with which password. A failure says why not: nothing answered there a moment
 * ago, it has refused this password before, or there is none. Asked by every `prepare`, and by a `read` that follows none.
 */
export type BmcAccess = (target: PowerTarget<IpmiPower>, options: PowerOptions) => Promise<BmcLeave | PowerFailure>;

/** IPMI 2.0, 13.1.2: RMCP's primary port. */
const defaultPort = 623;

/** A BMC by its address and port, as people write it; nodes may share one. */
export function bmcNameOf({ address, port = defaultPort }: Pick<IpmiPower, "address" | "port">): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
