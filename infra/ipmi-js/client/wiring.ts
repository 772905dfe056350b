import type { RandomBytes } from "../crypto/random-bytes.ts";
import type { Demultiplexer } from "./demultiplexer.ts";
import type { Sweep } from "./sweep.ts";
import type { Turnstile } from "./turnstile.ts";
import type { UdpSockets } from "./udp-sockets.ts";

/** What all links of a client share. */
export interface Wiring {
  readonly sweep: Sweep;
  readonly demultiplexer: Demultiplexer;
  readonly sockets4: UdpSockets;
  readonly sockets6: UdpSockets;
  /** How many calls may have packets under way at once. */
  readonly window: Turnstile;
  readonly randomBytes: RandomBytes;
  readonly random: () => number;
  readonly unreachableAfterMs: number;
  readonly keepSessionMs: number;
  readonly isClosed: () => boolean;
}
