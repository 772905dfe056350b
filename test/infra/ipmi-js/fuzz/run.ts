// The long form of fuzz-session.test.ts: seeds from a start, for so many seconds. Fails when a conversation does, or when
// the memory that is in use after a collection has grown.
//   npm run fuzz -w ipmi-js -- [SECONDS (600)] [FIRST SEED (1)]

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fuzzSession } from "./fuzz-session.ts";

const SEEDS_AT_ONCE = 8;
const CALLS = 30;
/** Compiled code and the like. */
const MAX_GROWTH_MIB = 16;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const seconds = Number(process.argv[2] ?? 600);
const firstSeed = Number(process.argv[3] ?? 1);
const endAt = performance.now() + seconds * 1_000;
let seed = firstSeed;
let badPackets = 0;
let succeeded = 0;
let failed = 0;
let usedMiBAtFirst: number | undefined;
do {
  const seeds = Array.from({ length: SEEDS_AT_ONCE }, () => seed++);
  for (const report of await Promise.all(seeds.map((each) => fuzzSession(each, CALLS)))) {
    badPackets += report.badPackets;
    succeeded += report.succeeded;
    failed += report.failed;
  }
  usedMiBAtFirst ??= usedMiB();
} while (performance.now() < endAt);
const grownMiB = usedMiB() - usedMiBAtFirst;
console.log(
  `seeds ${firstSeed}–${seed - 1}: ${badPackets} bad packets, ${succeeded} calls succeeded, ${failed} failed, ` +
    `memory in use grown by ${grownMiB.toFixed(1)} MiB`,
);
if (grownMiB > MAX_GROWTH_MIB || succeeded === 0) process.exitCode = 1;

function usedMiB(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
