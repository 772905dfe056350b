import { startFleetSite } from "../fleet-site.ts";
import { forgetPeak, peakMiBOf, processTree, watchMemory } from "../processes.ts";
import { type Table, wholeNumber } from "../table.ts";

const operationCount = 500;
/** How long each node is waited for that never boots, seconds: so long a replica holds it. */
const bootsWithinS = 2;

/**
 * The memory of a site in which far more is queued than a replica holds, each operation watched by whoever began it, beside
 * the same operations of a tenth of the nodes.
 */
export async function measureBacklog(): Promise<Table> {
  return {
    columns: ["nodes in 500 operations", "all ended, s", "peak MiB: agent", "registry", "coordinators", "PostgreSQL"],
    rows: [await backlogOf(10), await backlogOf(100)],
    note:
      "One agent of 4,096 places on the `none` driver; nodes that never boot are waited for 2 s, so that nearly all others " +
      "are queued. All operations begin at once, and 500 coordinators in one process watch them; every result is checked.",
  };
}

async function backlogOf(nodesEach: number): Promise<readonly string[]> {
  const site = await startFleetSite(operationCount * nodesEach, 1);
  try {
    const nodelists = Array.from({ length: operationCount }, (_, at) =>
      site.names.slice(at * nodesEach, (at + 1) * nodesEach),
    );
    const pids = [...site.reboots, site.registry, site.coordinator].map(({ pid }) => pid);
    pids.forEach(forgetPeak);
    const postgres = watchMemory(() => processTree(site.postgresPid));
    const done = (await site.coordinator.ask({ nodelists, bootsWithinS })) as {
      totalMs: number;
      isExact: boolean;
      code: number;
      detail?: string;
    };
    const postgresMiB = postgres.stop();
    if (!done.isExact) throw new Error(`the results are not exact: code ${done.code} ${done.detail ?? ""}`);
    return [site.names.length, done.totalMs / 1_000, ...pids.map(peakMiBOf), postgresMiB].map(wholeNumber);
  } finally {
    await site.stop();
  }
}
