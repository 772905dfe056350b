import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Loads, endOf, runOn } from "./loads.ts";

const pipeline = 'curl -sf "$1" | zstd -q -d -c | dd of="$2" bs=1M conv=fsync,notrunc status=none';
const ours = 'rm -f "$3"; "$4" -r 0- "$1" | "$5" write "$6" "$3" "$2"';

/** Milliseconds of each round, ours and the pipeline's in turn, on one host and into one disk. */
export async function measureHttp(
  { peers, folder, url, chunkWriter, bootCall }: Loads,
  rounds: number,
): Promise<{ readonly ours: readonly number[]; readonly pipeline: readonly number[] }> {
  const [peer] = peers;
  if (peer === undefined) throw new Error("there is no host to load");
  const disk = join(folder, "disk-http");
  await writeFile(disk, "");
  const words = [url, disk, join(folder, "state-http"), bootCall, chunkWriter, join(folder, "manifest")];
  const times = { ours: [] as number[], pipeline: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, script] of [["pipeline", pipeline] as const, ["ours", ours] as const]) {
      const startedAt = performance.now();
      await endOf(runOn(peer, script, words));
      times[name].push(performance.now() - startedAt);
    }
  }
  return times;
}
