import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMsOf, memoryMiBOf, processTree } from "../processes.ts";
import { type Table, median, wholeNumber } from "../table.ts";
import { startUp } from "../up-process.ts";

const rounds = 3;
/** For what a start leaves behind to be done, and over how long CPU time is counted, milliseconds. */
const settleMs = 8_000;
const watchMs = 10_000;

/** An embedded site of 24 nodes in one process, at rest: what it takes to start, and what it takes to be there. */
export async function measureSiteAtRest(): Promise<Table> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bench-"));
  const cold: number[] = [];
  const warm: number[] = [];
  const resting: Resting[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const folder = join(dir, String(round));
      const first = await startUp(folder);
      cold.push(first.readyMs);
      await first.stop();
      const second = await startUp(folder);
      warm.push(second.readyMs);
      resting.push(await watch(second.pid));
      await second.stop();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  const row = (what: string, values: readonly number[], write: (value: number) => string) => [
    ...[what, write(median(values)), write(Math.min(...values))],
  ];
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const of = (key: keyof Resting) => resting.map((one) => one[key]);
  return {
    columns: ["24 nodes, one process", "median", "least"],
    rows: [
      row("ready in a new folder, s", cold, seconds),
      row("ready in a known folder, s", warm, seconds),
      row("CPU at rest, % of a core: all", of("cpuPercent"), (value) => value.toFixed(2)),
      row("… the process of the agents and the fleet", of("ownCpuPercent"), (value) => value.toFixed(2)),
      row("memory at rest, MiB: all", of("memoryMiB"), wholeNumber),
      row("… the process of the agents and the fleet", of("ownMemoryMiB"), wholeNumber),
    ],
    note: `${rounds} sites. All is that process, nats-server and PostgreSQL's; shared pages count once (PSS).`,
  };
}

interface Resting {
  readonly cpuPercent: number;
  readonly ownCpuPercent: number;
  readonly memoryMiB: number;
  readonly ownMemoryMiB: number;
}

async function watch(pid: number): Promise<Resting> {
  await sleep(settleMs);
  const pids = processTree(pid);
  const before = { all: cpuMsOf(pids), own: cpuMsOf([pid]), at: performance.now() };
  await sleep(watchMs);
  const percent = (cpuMs: number) => (cpuMs / (performance.now() - before.at)) * 100;
  return {
    cpuPercent: percent(cpuMsOf(pids) - before.all),
    ownCpuPercent: percent(cpuMsOf([pid]) - before.own),
    memoryMiB: memoryMiBOf(processTree(pid)),
    ownMemoryMiB: memoryMiBOf([pid]),
  };
}
