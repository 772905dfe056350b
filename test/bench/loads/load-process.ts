// Measures loads in the network namespace that it is started in, and prints the table as JSON. The argument says which: loads, or
// lost-receiver.
import { mkdtemp, rm } from "node:fs/promises";
import { createBridge } from "../../../infra/lab/index.ts";
import { type Table, median } from "../table.ts";
import { measureHttp } from "./http.ts";
import { type Loads, prepareLoads } from "./loads.ts";
import { measureMulticast } from "./multicast.ts";

const mbitPerSecond = 200;
const rounds = 5;
const many = 16;

const columns = ["load", "median", "range, s", "against", "server egress ÷ image"];

const folder = await mkdtemp("/dev/shm/reveille-bench-");
try {
  await using bridge = await createBridge(0);
  const loads = await prepareLoads({ bridge, folder, mbitPerSecond, receivers: many });
  const rows = process.argv[2] === "lost-receiver" ? await withOneThatDies(loads) : await toOneAndMany(loads);
  const note =
    `${mbitPerSecond} Mbit/s from the server; an image of ${loads.fileBytes.toLocaleString("en-US")} bytes; ${rounds} rounds. ` +
    "Against: for HTTP, its speed against the pipeline's; for multicast, the time against that of one receiver, or of all that live. " +
    "Time: until the last node's bytes are checked and written; received alone: until they are there.";
  console.log(JSON.stringify({ columns, rows, note } satisfies Table));
  await loads.close();
} finally {
  await rm(folder, { recursive: true });
}

async function toOneAndMany(loads: Loads): Promise<Table["rows"]> {
  const { ours, pipeline } = await measureHttp(loads, rounds);
  const one = await measureMulticast(loads, { what: "written", receivers: 1, rounds });
  const all = await measureMulticast(loads, { what: "written", receivers: many, rounds });
  const received = await measureMulticast(loads, { what: "received", receivers: many, rounds });
  return [
    row("curl | zstd -d | dd", pipeline),
    row("HTTP to one node", ours, ratio(pipeline, ours)),
    row("multicast to 1", one.times, "", egress(loads, one.egress)),
    row(`multicast to ${many}`, all.times, ratio(all.times, one.times), egress(loads, all.egress)),
    row(`the same, received alone`, received.times, ratio(received.times, one.times), egress(loads, received.egress)),
  ];
}

async function withOneThatDies(loads: Loads): Promise<Table["rows"]> {
  const all = await measureMulticast(loads, { what: "written", receivers: many, rounds: 1 });
  const bereft = await measureMulticast(loads, { what: "written", receivers: many, rounds, dying: 1 });
  return [
    row(`multicast to ${many}, one round`, all.times),
    row(`multicast to ${many}, one dies`, bereft.times, ratio(bereft.times, all.times)),
  ];
}

function row(name: string, times: readonly number[], against = "", sent = ""): readonly string[] {
  const inSeconds = (ms: number) => (ms / 1_000).toFixed(2);
  const range = `${inSeconds(Math.min(...times))}–${inSeconds(Math.max(...times))}`;
  return [name, `${inSeconds(median(times))} s`, range, against, sent];
}

function ratio(a: readonly number[], b: readonly number[]): string {
  return (median(a) / median(b)).toFixed(3);
}

function egress({ fileBytes }: Loads, bytes: readonly number[]): string {
  return (median(bytes) / fileBytes).toFixed(3);
}
