import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../../../infra/lab/index.ts";
import { startSession } from "../../../infra/multicast/index.ts";
import { type Loads, endOf, runOn } from "./loads.ts";

const receive =
  'rm -f "$4"; udp-receiver --nokbd --no-progress --interface eth0 --portbase "$1" --mcast-rdv-address "$2" | "$3" write "$5" "$4" "$6"';

export interface MulticastRun {
  readonly receivers: number;
  readonly rounds: number;
  /** How many of them are killed once the sending has begun. */
  readonly dying?: number;
}

/** Milliseconds from the session's start until the last that lives has written all, and bytes that left the server. */
export async function measureMulticast(
  loads: Loads,
  { receivers, rounds, dying = 0 }: MulticastRun,
): Promise<{ readonly times: readonly number[]; readonly egress: readonly number[] }> {
  const { bridge, peers, folder, imageFile, chunkWriter } = loads;
  const times: number[] = [];
  const egress: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const sentBefore = await sentBy(bridge.name);
    const startedAt = performance.now();
    const onEvent = ({ kind }: { readonly kind: string }): void => {
      if (kind === "started") for (const { pid } of loading.slice(0, dying)) process.kill(-(pid ?? 0), "SIGKILL");
    };
    const { channel, ended } = startSession({ interface: bridge.name }, { imageFile, receivers, onEvent });
    const loading = await Promise.all(
      peers.slice(0, receivers).map(async (peer, index) => {
        const disk = join(folder, `disk-${index}`);
        await writeFile(disk, "");
        const files = [join(folder, `state-${index}`), join(folder, "manifest"), disk];
        return runOn(peer, receive, [`${channel.portBase}`, channel.group, chunkWriter, ...files]);
      }),
    );
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
