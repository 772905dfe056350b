import type { RandomBytes } from "../crypto/random-bytes.ts";
import type { Demultiplexer } from "./demultiplexer.ts";
import type { RoundTrip } from "./round-trip.ts";
import type { Sweep } from "./sweep.ts";
import type { ResolvedTarget } from "./target.ts";

/** What stands between the client and one BMC, for whoever exchanges messages with it. */
export interface Line {
  readonly target: ResolvedTarget;
  /** The IP address and port that packets go to, and must come from. */
  readonly remote: { readonly address: string; readonly port: number };
  readonly sweep: Sweep;
  readonly demultiplexer: Demultiplexer;
  readonly roundTrip: RoundTrip;
  readonly randomBytes: RandomBytes;
  /** How long a BMC that says nothing is waited for, in milliseconds. */
  readonly unreachableAfterMs: number;
  readonly send: (packet: Uint8Array) => void;
}
