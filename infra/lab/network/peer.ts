import { once } from "node:events";
import { spawnGuarded } from "../../embedded/index.ts";
import { runTool } from "../run-tool.ts";
import { type Bridge, tokenBucket } from "./bridge.ts";

/** A host of the lab without a machine: a namespace with one interface, `eth0`, and an address on the bridge. */
export interface Peer extends AsyncDisposable {
  readonly address: string;
  /** The arguments that run a program there. */
  inside(program: string, ...args: string[]): readonly [string, ...string[]];
}

export interface PeerOptions {
  /** 2 to 254; each peer of a bridge has another. */
  readonly host: number;
  /** What goes each way at most, by a token bucket; default: as fast as it goes. */
  readonly mbitPerSecond?: number;
}

/** It is gone when the process that made it is. */
export async function createPeer(bridge: Bridge, { host, mbitPerSecond }: PeerOptions): Promise<Peer> {
  const holder = await spawnGuarded({
    command: "unshare",
    args: ["--net", "sh", "-c", "echo entered; exec sleep infinity"],
    credentials: {},
    output: "pipe",
    orphanSignal: "KILL",
  });
  const [said] = holder.output;
  if (said !== undefined) await once(said, "data");
  const address = bridge.addressOf(host);
  const port = `${bridge.name}p${host}`;
  const namespace = `--net=/proc/${holder.pid}/ns/net`;
  const inside = (...command: string[]) => runTool("nsenter", [namespace, ...command]);
  await runTool("ip", ["link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", String(holder.pid)]);
  await bridge.plug(port);
  await inside("ip", "link", "set", "lo", "up");
  await inside("ip", "addr", "add", `${address}/24`, "brd", "+", "dev", "eth0");
  await inside("ip", "link", "set", "eth0", "up");
  if (mbitPerSecond !== undefined) {
    await bridge.limit(port, mbitPerSecond);
    await inside("tc", "qdisc", "add", "dev", "eth0", "root", ...tokenBucket(mbitPerSecond));
  }
  return {
    address,
    inside: (...command) => ["nsenter", namespace, ...command],
    [Symbol.asyncDispose]: async () => {
      holder.kill("SIGKILL");
      await holder.exited;
    },
  };
}
