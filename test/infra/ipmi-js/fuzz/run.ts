// The long form of fuzz-session.test.ts: seeds from a start, for so many seconds.
//   node --import tsx test/infra/ipmi-js/fuzz/run.ts [SECONDS (600)] [FIRST SEED (1)]

import { fuzzSession } from "./fuzz-session.ts";

const seconds = Number(process.argv[2] ?? 600);
const firstSeed = Number(process.argv[3] ?? 1);
const endAt = performance.now() + seconds * 1_000;
let seed = firstSeed;
let badPackets = 0;
let succeeded = 0;
let failed = 0;
for (; performance.now() < endAt; seed++) {
  const report = await fuzzSession(seed, 30);
  badPackets += report.badPackets;
  succeeded += report.succeeded;
  failed += report.failed;
}
const memoryMiB = Math.round(process.memoryUsage().rss / 2 ** 20);
console.log(
  `seeds ${firstSeed}–${seed - 1}: ${badPackets} bad packets, ${succeeded} calls succeeded, ${failed} failed, ` +
    `${memoryMiB} MiB resident`,
);
