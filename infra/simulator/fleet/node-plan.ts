import { createHash } from "node:crypto";
import { FleetOptionsError } from "../errors.ts";
import { type FaultName, isFaultName } from "../faults.ts";

/** A node that somebody wants simulated. */
export interface SimulatedNodeSpec {
  readonly name: string;
  /** None by default. */
  readonly faults?: readonly FaultName[];
}

/** A node with its place on the loopback network. */
export interface NodePlan {
  readonly name: string;
  readonly address: string;
  /** Of the interface that it boots from, `02:9f:…`; made of the node's name. */
  readonly mac: string;
  readonly faults: readonly FaultName[];
}

/** Where addresses begin unless told otherwise; with it 127.16.0.0/12 has room for a million nodes. */
const FIRST_ADDRESS = "127.16.0.1";

/**
 * Gives each node an address of its own, counted up from `firstAddress`, without those that end in 0 or 255.
 *
 * @throws FleetOptionsError for a name that comes twice, an unknown fault, an address outside 127.0.0.0/8.
 */
export function planNodes(specs: readonly SimulatedNodeSpec[], firstAddress = FIRST_ADDRESS): NodePlan[] {
  const names = new Set<string>();
  let at = numberOf(firstAddress);
  return specs.map(({ name, faults = [] }) => {
    if (names.has(name)) throw new FleetOptionsError(`${name} comes twice; give each node a name of its own`);
    names.add(name);
    // A name may come from a file that nobody checked.
    const unknown = faults.find((fault: string) => !isFaultName(fault));
    if (unknown) throw new FleetOptionsError(`${name} has the unknown fault ${unknown}`);
    while ((at & 0xff) === 0 || (at & 0xff) === 0xff) at += 1;
    return { name, address: addressOf(at++), mac: macOf(name), faults };
  });
}

/** A unicast address that nobody's maker has (IEEE 802, the local bit), the same for the same name. */
function macOf(name: string): string {
  const bytes = createHash("sha256").update(name).digest().subarray(0, 5);
  return ["02", ...Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

function numberOf(address: string): number {
  const octets = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) {
    throw new FleetOptionsError(`${address} is no address of the loopback network; write 127.x.y.z`);
  }
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

function addressOf(number: number): string {
  if (number >= 2 ** 24) throw new FleetOptionsError("more nodes than addresses; begin with a lower firstAddress");
  return `127.${number >> 16}.${(number >> 8) & 0xff}.${number & 0xff}`;
}
