import { randomBytes } from "node:crypto";
import { runTool } from "../run-tool.ts";
import { interfacePrefix } from "./own-namespace.ts";

/** A switch of the lab, with this side's address on it. */
export interface Bridge extends AsyncDisposable {
  readonly name: string;
  /** Ours, in 10.77.N.0/24. */
  readonly address: string;
  /** Its network of IPv6, by the first address. */
  readonly network6: string;
  /** The address of a host of the lab, 2 to 254; 0 is the network. */
  addressOf(host: number): string;
  /** Plugs an interface in. */
  plug(networkInterface: string): Promise<void>;
  /** Lets no more than this go out of a port, Mbit/s; undefined: as fast as it goes. */
  limit(port: string, mbitPerSecond: number | undefined): Promise<void>;
  /** A new port for a virtual machine. */
  addTap(): Promise<string>;
}

/** Makes a bridge `10.77.<subnet>.1/24`, subnet 0 to 255. It needs `checkOwnNamespace`. */
export async function createBridge(subnet: number): Promise<Bridge> {
  const name = `${interfacePrefix}${randomBytes(3).toString("hex")}`;
  const address = `10.77.${subnet}.1`;
  const taps: string[] = [];
  const ip = (...args: string[]) => runTool("ip", args);
  // Without a querier, a snooping switch forgets who is in a group.
  await ip("link", "add", name, "type", "bridge", "mcast_snooping", "0");
  await ip("addr", "add", `${address}/24`, "brd", "+", "dev", name);
  await ip("addr", "add", `fd77:${subnet}::1/64`, "dev", name, "nodad");
  await ip("link", "set", name, "up");
  const plug = async (networkInterface: string) => {
    await ip("link", "set", networkInterface, "master", name);
    await ip("link", "set", networkInterface, "up");
  };
  return {
    name,
    address,
    network6: `fd77:${subnet}::`,
    addressOf: (host) => `10.77.${subnet}.${host}`,
    plug,
    limit: async (port, mbitPerSecond) => {
      const root = ["qdisc", mbitPerSecond === undefined ? "del" : "replace", "dev", port, "root"];
      await runTool("tc", mbitPerSecond === undefined ? root : [...root, ...tokenBucket(mbitPerSecond)]);
    },
    addTap: async () => {
      const tap = `${name}t${taps.length}`;
      taps.push(tap);
      await ip("tuntap", "add", "dev", tap, "mode", "tap");
      await plug(tap);
      return tap;
    },
    [Symbol.asyncDispose]: async () => {
      for (const device of [...taps, name]) await ip("link", "del", device).catch(() => undefined);
    },
  };
}

/** tc-tbf(8), with a queue of some 80 ms at 200 Mbit/s. */
export function tokenBucket(mbitPerSecond: number): readonly string[] {
  return ["tbf", "rate", `${mbitPerSecond}mbit`, "burst", "256kb", "limit", "2mb"];
}
