import type { RandomBytes } from "../crypto/random-bytes.ts";
import type { Demultiplexer } from "./demultiplexer.ts";
import type { RoundTrip } from "./round-trip.ts";
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
  /** The round trip of BMCs at large, from which one that is new gets its first time-out. */
  readonly neighbours: RoundTrip;
  readonly randomBytes: RandomBytes;
  readonly random: () => number;
  readonly unreachableAfterMs: number;
  readonly keepSessionMs: number;
  readonly isClosed: () => boolean;
}
