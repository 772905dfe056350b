import { join } from "node:path";
import { runTool } from "../../../infra/lab/index.ts";
import { startSession } from "../../../infra/multicast/index.ts";
import { type Loads, endOf, runOn } from "./loads.ts";

/**
 * As the ramdisk has it. A node has processors of its own; here all of them share a few, where a receiver of the idle policy
 * pushes nobody aside for a packet: switching between sixteen of them for each would be most of the work.
 */
const receive =
  "chrt --idle 0 udp-receiver --nokbd --no-progress --interface eth0 --rcvbuf 4m " +
  '--portbase "$1" --mcast-rdv-address "$2"';
const scripts = {
  received: `${receive} >/dev/null`,
  written: `rm -f "$4"; ${receive} | chrt --idle 0 "$3" write "$5" "$4" "$6"`,
};

export interface MulticastRun {
  /** Whether the bytes are checked and written, too. */
  readonly what: keyof typeof scripts;
  readonly receivers: number;
  readonly rounds: number;
  /** How many of them are killed once the sending has begun. */
  readonly dying?: number;
}

/** Milliseconds from the session's start until the last that lives has all, and bytes that left the server. */
export async function measureMulticast(
  loads: Loads,
  { what, receivers, rounds, dying = 0 }: MulticastRun,
): Promise<{ readonly times: readonly number[]; readonly egress: readonly number[] }> {
  const { bridge, peers, disks, folder, imageFile, chunkWriter } = loads;
  const times: number[] = [];
  const egress: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const sentBefore = await sentBy(bridge.name);
    const startedAt = performance.now();
    const onEvent = ({ kind }: { readonly kind: string }): void => {
      if (kind === "started") for (const { pid } of loading.slice(0, dying)) process.kill(-(pid ?? 0), "SIGKILL");
    };
    const { channel, ended } = startSession({ interface: bridge.name }, { imageFile, receivers, onEvent });
    const loading = peers.slice(0, receivers).map((peer, index) => {
      const files = [join(folder, `state-${index}`), join(folder, "manifest"), disks[index] ?? ""];
      return runOn(peer, scripts[what], [`${channel.portBase}`, channel.group, chunkWriter, ...files]);
    });
    await Promise.all(loading.slice(dying).map(endOf));
    times.push(performance.now() - startedAt);
    await ended;
    egress.push((await sentBy(bridge.name)) - sentBefore);
  }
  return { times, egress };
}

async function sentBy(networkInterface: string): Promise<number> {
  const [link] = JSON.parse(await runTool("ip", ["-s", "-j", "link", "show", "dev", networkInterface])) as [
    { readonly stats64: { readonly tx: { readonly bytes: number } } },
  ];
  return link.stats64.tx.bytes;
}
