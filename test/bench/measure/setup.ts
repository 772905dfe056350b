import postgres, { type Sql } from "postgres";
import { type SimulatedSite, startSimulatedSite } from "../simulated-site.ts";
import { type Table, limitCell, median, spreadCells } from "../table.ts";

const nodeCount = 1_000;
const imageCount = 5;
const aloneCount = 4;
const rounds = 3;
/** How much more than the slowest node's own work a setup may take, seconds. */
const limitS = 15;

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);
const together = names("n", nodeCount);
const alone = names("alone", aloneCount);

/**
 * A setup of 1,000 simulated machines over 5 images of 1 MiB. Half have another image on the disk than they are to have, and are
 * loaded. The others have theirs: in one row they run it as the last setup left them, in the other they are all rebooted.
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
  const [running, rebooted, slowest]: [number[], number[], number[]] = [[], [], []];
  try {
    await prepare(site, sql);
    for (let round = 0; round < rounds; round++) {
      await want(sql, 2 * round + 1);
      running.push(await setUp(site, "bench/all"));
      await want(sql, 2 * round + 2);
      await sql`update setup.allocation_states set state = 'dirty'`;
      rebooted.push(await setUp(site, "bench/all"));
      const each: number[] = [];
      for (const name of alone) each.push(await setUp(site, `bench/${name}`));
      slowest.push(Math.max(...each));
    }
  } finally {
    await sql.end();
    await site.stop();
  }
  const row = (what: string, seconds: readonly number[], isLimited = true) => {
    const limit = median(slowest) + limitS;
    return [
      what,
      ...spreadCells(seconds, (value) => value.toFixed(1)),
      isLimited ? limitCell(limit.toFixed(1), median(seconds) <= limit) : "",
    ];
  };
  return {
    columns: ["a setup, command line's start to exit", "s, median", "least", "most", "limit"],
    rows: [
      row(`one node that is loaded, the slowest of ${aloneCount} in turn`, slowest, false),
      row("1,000: half are loaded, the others run already", running),
      row("1,000: half are loaded, the others rebooted", rebooted),
    ],
    note:
      `${rounds} rounds on one site. The limit is the slowest node's own work and ${limitS} s. Pacing is off; the machines are ` +
      "simulated in processes beside the agents, and each restart is an ssh client here and an ssh server there.",
  };
}

/** At first nothing is on any disk: all are loaded, which is more than is measured. */
async function prepare(site: SimulatedSite, sql: Sql): Promise<void> {
  await want(sql, 0);
  for (let tries = 0; tries < 3; tries++) {
    if ((await site.run(["setup", "bench/all", "--yes"])).document.code === 0) break;
  }
}

/** With each step the other half of the machines is to have its next image; those that are set up alone each have it each second step. */
async function want(sql: Sql, step: number): Promise<void> {
  const nodes = [...together, ...alone].map((name, nth) => {
    const loads = name.startsWith("alone") ? Math.ceil(step / 2) : Math.ceil((step + (nth % 2)) / 2);
    return { name, os: `image${((nth + loads) % imageCount) + 1}` };
  });
  await sql`
    update registry.nodes n set os = w.os
    from jsonb_to_recordset(${sql.json(nodes)}) as w (name text, os text) where n.name = w.name`;
}

async function setUp(site: SimulatedSite, experiment: string): Promise<number> {
  const { ms, document } = await site.run(["setup", experiment, "--yes"]);
  if (document.code === 0) return ms / 1_000;
  const failures = Object.entries(document.results ?? {}).filter(([, { status }]) => status === 1);
  throw new Error(`the setup of ${experiment} ended with ${document.code}: ${JSON.stringify(failures.slice(0, 3))}`);
}
