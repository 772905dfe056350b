import postgres, { type Sql } from "postgres";
import { type SimulatedSite, startSimulatedSite } from "../simulated-site.ts";
import { type Table, median } from "../table.ts";

const nodeCount = 1_000;
const imageCount = 5;
const aloneCount = 4;
const rounds = 3;
/** How much more than the slowest node's own work a setup may take, seconds. */
const limitS = 15;

const imageOf = (nth: number) => `image${(nth % imageCount) + 1}`;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);
const together = names("n", nodeCount);
const alone = names("alone", aloneCount);

/**
 * A setup of 1,000 simulated machines over 5 images of 1 MiB: half have another image on the disk than they are to have and are
 * loaded, the others are rebooted.
 *
 * **The slowest node's own work** is what a setup that loads one machine takes from the command line's start to its exit, while
 * nothing else happens on the very same site: the longest of four machines, one after another, in each round. It has in it all
 * that has to happen one after another for a node: admission, ssh, two boots of 1 to 3 s each, the load, every report.
 */
export async function measureSetup(): Promise<Table> {
  const site = await startSimulatedSite({
    nodes: [...together, ...alone].map((name) => ({ name })),
    images: names("image", imageCount).map((name) => ({ name, sizeMiB: 1 })),
    experiments: [
      { name: "bench/all", nodes: together },
      ...alone.map((name) => ({ name: `bench/${name}`, nodes: [name] })),
    ],
  });
  const sql = postgres(site.postgresUrl, { max: 1 });
  const wholes: number[] = [];
  const slowest: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      await want(sql, round);
      const whole = await setUp(site, "bench/all");
      const each: number[] = [];
      for (const name of alone) each.push(await setUp(site, `bench/${name}`));
      // At first nothing is on any disk: all are loaded.
      if (round === 0) continue;
      wholes.push(whole);
      slowest.push(Math.max(...each));
    }
  } finally {
    await sql.end();
    await site.stop();
  }
  const over = wholes.map((whole, round) => whole - (slowest[round] ?? Number.NaN));
  const row = (what: string, seconds: readonly number[], limit = "") => [
    ...[what, median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) =>
      typeof value === "number" ? value.toFixed(1) : value,
    ),
    limit,
  ];
  return {
    columns: ["setup, command line's start to exit", "s, median", "least", "most", "limit"],
    rows: [
      row(`1,000 nodes, ${nodeCount / 2} of them loaded`, wholes),
      row(`one node that is loaded, the slowest of ${aloneCount} in turn`, slowest),
      row("beyond the slowest node's own work", over, `${limitS}: ${median(over) <= limitS ? "met" : "NOT MET"}`),
    ],
    note: `${rounds} rounds on one site after one in which all were loaded. Pacing is off; all machines are simulated in two processes beside the agents.`,
  };
}

/** In each round half of the machines are to have the next image; the others were left by somebody in an unknown state. */
async function want(sql: Sql, round: number): Promise<void> {
  const nodes = [...together, ...alone].map((name, nth) => {
    const loads = Math.ceil((round + (nth % 2)) / 2);
    return { name, os: imageOf(nth + (name.startsWith("alone") ? round : loads)) };
  });
  await sql`
    update registry.nodes n set os = w.os
    from jsonb_to_recordset(${sql.json(nodes)}) as w (name text, os text) where n.name = w.name`;
  await sql`update setup.allocation_states set state = 'dirty'`;
}

async function setUp(site: SimulatedSite, experiment: string): Promise<number> {
  const { ms, document } = await site.run(["setup", experiment, "--yes"]);
  if (document.code === 0) return ms / 1_000;
  const failures = Object.entries(document.results ?? {}).filter(([, { status }]) => status === 1);
  throw new Error(`the setup of ${experiment} ended with ${document.code}: ${JSON.stringify(failures.slice(0, 3))}`);
}
