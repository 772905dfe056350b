import postgres, { type Sql } from "postgres";
import { setTimeout as sleep } from "node:timers/promises";
import { startFleetSite } from "../fleet-site.ts";
import { type Table, limitCell, median, spreadCells } from "../table.ts";

const nodeCount = 2_000;
const rounds = 5;
/** From the kill until another replica holds every node, seconds. */
const limitS = 7;
/** Longer than all rounds last: so long each node's boot is waited for, in vain. */
const bootsWithinS = 150;
const lookEveryMs = 20;

/**
 * A reboot agent killed with -9 that held its share of 2,000 nodes in flight: how long until the others go on with the first and
 * with the last of them. One more is killed in each round, and one is left.
 */
export async function measureTakeOver(): Promise<Table> {
  const site = await startFleetSite(nodeCount, rounds + 1);
  const ledger = postgres(site.postgresUrl, { max: 1 });
  const held: number[] = [];
  const firstMs: number[] = [];
  const lastMs: number[] = [];
  try {
    // What is in flight ends with the site: nobody waits for it.
    site.coordinator.ask({ nodelists: [site.names], bootsWithinS }).catch(() => undefined);
    for (const victim of site.reboots.slice(0, rounds)) {
      let owners = await ownersOf(ledger);
      while (sum(owners) < nodeCount) {
        await sleep(lookEveryMs);
        owners = await ownersOf(ledger);
      }
      const killedAtMs = performance.now();
      process.kill(victim.pid, "SIGKILL");
      const { name, firstAtMs } = await firstTaken(ledger, owners);
      while ((await ownersOf(ledger)).has(name)) await sleep(lookEveryMs);
      held.push(owners.get(name) ?? 0);
      firstMs.push(firstAtMs - killedAtMs);
      lastMs.push(performance.now() - killedAtMs);
    }
  } finally {
    await ledger.end();
    await site.stop();
  }
  const row = (what: string, ms: readonly number[], limit = "") => [
    what,
    ...spreadCells(ms, (value) => (value / 1_000).toFixed(1)),
    limit,
  ];
  return {
    columns: ["a replica killed with -9", "s, median", "least", "most", "limit"],
    rows: [
      row("another goes on with the first of its nodes", firstMs),
      row("with the last", lastMs, limitCell(String(limitS), median(lastMs) <= limitS * 1_000)),
    ],
    note: `${rounds} kills on one site of ${rounds + 1} replicas; the victims held ${held.join(", ")} nodes.`,
  };
}

/** How many nodes each replica holds. */
async function ownersOf(ledger: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await ledger<{ owner: string; held: number }[]>`
    select lease_owner as owner, count(*)::int as held from reboot.node_runs
    where state in ('leased', 'firing') group by 1`;
  return new Map(rows.map(({ owner, held }) => [owner, held]));
}

/** Waits until a replica holds fewer nodes than it did: it is the dead one, since none ends before its time. */
async function firstTaken(ledger: Sql, before: ReadonlyMap<string, number>) {
  for (;;) {
    const now = await ownersOf(ledger);
    for (const [name, held] of before) if ((now.get(name) ?? 0) < held) return { name, firstAtMs: performance.now() };
    await sleep(lookEveryMs);
  }
}

function sum(owners: ReadonlyMap<string, number>): number {
  return [...owners.values()].reduce((total, held) => total + held, 0);
}
