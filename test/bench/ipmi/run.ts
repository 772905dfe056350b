// ipmi-js against ipmipower, alternating in one run, medians. Wants cc, libssl-dev, /usr/bin/time and ipmipower.
//   npm run bench -w ipmi-js [-- ROUNDS (7)]

import { compileFleet, fleetRange, startFleet } from "./fleet.ts";
import { type Run, runIpmiJs, runIpmipower } from "./one-shot.ts";
import { measureResident } from "./resident.ts";

const rounds = Number(process.argv[2] ?? 7);
await using fleet = await compileFleet();
const baselineMs = await compareOneShot("status of 1,000, one-shot", { count: 1_000, fleetSize: 1_000 });
await compareOneShot("1,000 at 5% loss each way", { count: 1_000, fleetSize: 1_000, lossPercent: 5 });
await compareOneShot("status of 9,500, one-shot", { count: 9_500, fleetSize: 9_500 });
await resident();
await someDead();

async function compareOneShot(
  name: string,
  options: { readonly count: number; readonly fleetSize: number; readonly lossPercent?: number },
): Promise<number> {
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    await withFleet({ ...options, count: options.fleetSize }, async () => {
      ours.push(await runIpmiJs(fleetRange(options.count)));
      theirs.push(await runIpmipower(options.count));
    });
  }
  console.log(`${name}: wall ${ratio(theirs, ours, "wallMs")}, CPU ${ratio(theirs, ours, "cpuMs")}`);
  console.log(`  peak memory ${ratio(theirs, ours, "peakMiB")}`);
  console.log(`  hosts told of, least: ipmipower ${least(theirs)}, ipmi-js ${least(ours)} of ${options.count}`);
  return median(theirs.map(({ wallMs }) => wallMs));
}

async function resident(): Promise<void> {
  const measured = await withFleet({ count: 1_000 }, async () => (await measureResident(1_000, rounds + 2)).slice(2));
  const cold = median(measured.map(({ coldMs }) => coldMs));
  const warm = median(measured.map(({ warmMs }) => warmMs));
  console.log(`resident, 1,000 cold: ${cold.toFixed(0)} ms, ipmipower / ours ${(baselineMs / cold).toFixed(2)}`);
  console.log(`resident, 1,000 warm: ${warm.toFixed(0)} ms, ipmipower / ours ${(baselineMs / warm).toFixed(2)}`);
}

async function someDead(): Promise<void> {
  // BMC numbers past the fleet's size are not answered.
  const { wallMs, lines } = await withFleet({ count: 950 }, () => runIpmiJs(fleetRange(1_000)));
  console.log(`1,000 of which 50 are dead: ${wallMs.toFixed(0)} ms in all, ${lines} hosts told of`);
}

/** Runs `work` while a fleet is there, a new one each time: no session slot is left over from an earlier run. */
async function withFleet<T>(
  options: { readonly count: number; readonly lossPercent?: number },
  work: () => Promise<T>,
): Promise<T> {
  const running = await startFleet(fleet.program, options);
  try {
    return await work();
  } finally {
    await running[Symbol.asyncDispose]();
  }
}

function ratio(theirs: readonly Run[], ours: readonly Run[], key: keyof Run): string {
  const a = median(theirs.map((run) => run[key]));
  const b = median(ours.map((run) => run[key]));
  return `${a.toFixed(0)} / ${b.toFixed(0)} = ${(a / b).toFixed(2)}`;
}

function least(runs: readonly Run[]): number {
  return Math.min(...runs.map(({ lines }) => lines));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
