import { randomInt } from "node:crypto";
import type { Transport } from "../../contracts/index.ts";

/** Where a session is sent, as a node's plan has it. */
export type Channel = Extract<Transport, { kind: "multicast" }>;

const firstPort = 20_000;
const lastPort = 29_998;

/**
 * A group and a pair of ports for one session, at random: sessions of other replicas, which nobody here knows of, are
 * as good as never on the same. The groups are organization-local, 239.192.0.0/14 (RFC 2365 §6.2), and never share a
 * MAC address with 224.0.0.x, which switches flood; udpcast wants an even port, and uses the next one too.
 */
export function newChannel(): Channel {
  const group = `239.192.${randomInt(1, 128)}.${randomInt(1, 255)}`;
  return { kind: "multicast", group, portBase: firstPort + 2 * randomInt((lastPort - firstPort) / 2 + 1) };
}
