// Measures loads in the network namespace that it is started in, and prints the table as JSON.
import { mkdtemp, rm } from "node:fs/promises";
import { createBridge } from "../../../infra/lab/index.ts";
import { median } from "../table.ts";
import { measureHttp } from "./http.ts";
import { type Loads, prepareLoads } from "./loads.ts";
import { measureMulticast } from "./multicast.ts";

const mbitPerSecond = 200;
const rounds = 5;
const many = 16;

const folder = await mkdtemp("/dev/shm/reveille-bench-");
try {
  await using bridge = await createBridge(0);
  const loads = await prepareLoads({ bridge, folder, mbitPerSecond, receivers: many });
  console.log(JSON.stringify(await measure(loads)));
  await loads.close();
} finally {
  await rm(folder, { recursive: true });
}

async function measure(loads: Loads) {
  const { ours, pipeline } = await measureHttp(loads, rounds);
  const one = await measureMulticast(loads, { receivers: 1, rounds });
  const all = await measureMulticast(loads, { receivers: many, rounds });
  const bereft = await measureMulticast(loads, { receivers: many, rounds: 1, dying: 1 });
  const seconds = (times: readonly number[]) => `${(median(times) / 1_000).toFixed(2)} s`;
  const range = (times: readonly number[]) =>
    `${(Math.min(...times) / 1_000).toFixed(2)}–${(Math.max(...times) / 1_000).toFixed(2)}`;
  const ratio = (a: readonly number[], b: readonly number[]) => (median(a) / median(b)).toFixed(3);
  const egress = (bytes: readonly number[]) => (median(bytes) / loads.fileBytes).toFixed(3);
  return {
    columns: ["load", "median", "range, s", "against", "server egress ÷ image"],
    rows: [
      ["curl | zstd -d | dd", seconds(pipeline), range(pipeline), "", ""],
      ["HTTP to one node", seconds(ours), range(ours), ratio(pipeline, ours), ""],
      ["multicast to 1", seconds(one.times), range(one.times), "", egress(one.egress)],
      [`multicast to ${many}`, seconds(all.times), range(all.times), ratio(all.times, one.times), egress(all.egress)],
      [
        `multicast to ${many}, one dies`,
        seconds(bereft.times),
        range(bereft.times),
        ratio(bereft.times, all.times),
        "",
      ],
    ],
    note:
      `${mbitPerSecond} Mbit/s each way at every port; an image of ${loads.fileBytes.toLocaleString("en-US")} bytes; ${rounds} rounds (one where ` +
      "a receiver dies). Against: for HTTP, its speed against the pipeline's; for multicast, the time against that of the row above. " +
      "Time: until the last node's bytes are checked and written.",
  };
}
