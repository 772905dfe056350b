import { type FleetSite, startFleetSite } from "./fleet-site.ts";
import { cpuMsOf, forgetPeak, peakMiBOf, processTree, watchMemory } from "./processes.ts";
import { median, wholeNumber } from "./table.ts";

/** What rebooting a whole fleet several times cost. */
export interface RebootRounds {
  readonly nodeCount: number;
  readonly acceptedMs: readonly number[];
  readonly totalMs: readonly number[];
  /** CPU time of one round by who used it, milliseconds; the median. */
  readonly cpuMs: Readonly<Record<Part, number>>;
  readonly peakMiB: Readonly<Record<Part, number>>;
}

const parts = ["reboot", "registry", "coordinator", "postgres", "nats"] as const;
type Part = (typeof parts)[number];

/** Starts a site, reboots every node of it once to warm up and then `rounds` times, and stops it. */
export async function rebootRounds(options: {
  readonly nodeCount: number;
  readonly rebootAgents: number;
  readonly rounds: number;
}): Promise<RebootRounds> {
  const site = await startFleetSite(options.nodeCount, options.rebootAgents);
  try {
    await rebootAll(site);
    const pids = pidsOf(site);
    for (const part of parts) if (part !== "postgres") pids[part]().forEach(forgetPeak);
    const postgresMemory = watchMemory(pids.postgres);
    const done: Done[] = [];
    for (let round = 0; round < options.rounds; round++) done.push(await rebootAll(site));
    const peakOf = (part: Part) =>
      part === "postgres" ? postgresMemory.stop() : Math.max(...pids[part]().map((pid) => peakMiBOf(pid)));
    return {
      nodeCount: options.nodeCount,
      acceptedMs: done.map(({ acceptedMs }) => acceptedMs),
      totalMs: done.map(({ totalMs }) => totalMs),
      cpuMs: recordOf((part) => median(done.map(({ cpuMs }) => cpuMs[part]))),
      peakMiB: recordOf(peakOf),
    };
  } finally {
    await site.stop();
  }
}

interface Done {
  readonly acceptedMs: number;
  readonly totalMs: number;
  readonly cpuMs: Readonly<Record<Part, number>>;
}

async function rebootAll(site: FleetSite): Promise<Done> {
  const pids = pidsOf(site);
  const before = recordOf((part) => cpuMsOf(pids[part]()));
  const done = (await site.coordinator.ask({ nodelists: [site.names] })) as Done & {
    isExact: boolean;
    code: number;
    detail?: string;
  };
  if (!done.isExact) throw new Error(`the results are not exact: code ${done.code} ${done.detail ?? ""}`);
  return { ...done, cpuMs: recordOf((part) => cpuMsOf(pids[part]()) - before[part]) };
}

function pidsOf(site: FleetSite): Record<Part, () => number[]> {
  return {
    reboot: () => site.reboots.map(({ pid }) => pid),
    registry: () => [site.registry.pid],
    coordinator: () => [site.coordinator.pid],
    postgres: () => processTree(site.postgresPid),
    nats: () => [site.natsPid],
  };
}

function recordOf(valueOf: (part: Part) => number): Record<Part, number> {
  return Object.fromEntries(parts.map((part) => [part, valueOf(part)])) as Record<Part, number>;
}

/** The columns that tell of such rounds, and what stands in them. */
export const roundColumns = [
  ...["nodes/s, median", "best", "accepted, ms", "all ended, ms"],
  ...["CPU µs a node: agent", "coordinator", "PostgreSQL"],
  ...["peak MiB: agent", "registry", "coordinator", "PostgreSQL", "nats-server"],
];

export function roundCells({ nodeCount, acceptedMs, totalMs, cpuMs, peakMiB }: RebootRounds): string[] {
  const perSecond = (ms: number) => wholeNumber((nodeCount / ms) * 1_000);
  const perNode = (ms: number) => wholeNumber((ms * 1_000) / nodeCount);
  return [
    perSecond(median(totalMs)),
    perSecond(Math.min(...totalMs)),
    wholeNumber(median(acceptedMs)),
    wholeNumber(median(totalMs)),
    ...[cpuMs.reboot, cpuMs.coordinator, cpuMs.postgres].map(perNode),
    ...[peakMiB.reboot, peakMiB.registry, peakMiB.coordinator, peakMiB.postgres, peakMiB.nats].map(wholeNumber),
  ];
}

export const roundNote =
  "From the command's signing to the last result in the coordinator: admission, ledger (fsync on), inbox, results; " +
  "every result is checked. CPU and memory of several agents: the sum, and the largest. PostgreSQL's memory is the sum " +
  "over its processes, shared pages counted once; the others' is resident.";
