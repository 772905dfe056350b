import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { stringify } from "yaml";
import { resolveNodeSet } from "../../../agents/cli/node-set/resolve-node-set.ts";
import { startSimulatedSite } from "../simulated-site.ts";
import { type Table, limitCell, median, spreadCells } from "../table.ts";

const nodeCount = 10_000;
const importRounds = 5;
const resolveRounds = 21;
/** Milliseconds. */
const limits = { imported: 10_000, resolved: 50 };

/** 10,000 nodes: imported from a file by the built command line, and named in a node set that is resolved. */
export async function measureInventory(): Promise<Table> {
  const names = Array.from({ length: nodeCount }, (_, at) => `m${at + 1}`);
  const row = (what: string, ms: readonly number[], limit: number) => [
    what,
    ...spreadCells(ms, (value) => value.toFixed(1)),
    limitCell(String(limit), median(ms) <= limit),
  ];
  return {
    columns: ["10,000 nodes, ms", "median", "least", "most", "limit"],
    rows: [
      row("reveille inventory import, a file of new nodes", await importAll(names), limits.imported),
      row(`a node set m[1-${nodeCount}]`, await resolveOften(`m[1-${nodeCount}]`), limits.resolved),
      row("a node set of 10,000 names", await resolveOften(names.join(",")), limits.resolved),
    ],
    note: `${importRounds} imports from the command line's start to its exit, the nodes removed between them; ${resolveRounds} node sets in one process, the first counted.`,
  };
}

async function importAll(names: readonly string[]): Promise<readonly number[]> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bench-"));
  const file = join(dir, "fleet.yaml");
  writeFileSync(file, stringify({ nodes: names.map(nodeNamed) }));
  const site = await startSimulatedSite({ nodes: [{ name: "pc1" }] });
  const sql = postgres(site.postgresUrl, { max: 1 });
  const took: number[] = [];
  try {
    for (let round = 0; round < importRounds; round++) {
      await sql`delete from registry.nodes where name = any(${names as string[]})`;
      const { ms, document } = await site.run(["inventory", "import", file]);
      if (document.added !== nodeCount) throw new Error(`not every node was imported: ${JSON.stringify(document)}`);
      took.push(ms);
    }
    return took;
  } finally {
    await sql.end();
    await site.stop();
    rmSync(dir, { recursive: true });
  }
}

/** All that a node has, as a large site's would. */
function nodeNamed(name: string, at: number) {
  return {
    name,
    type: "pc",
    address: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    power: { driver: "ipmi", address: `10.9.${(at >> 8) & 255}.${at & 255}`, username: "admin" },
    sshHostKey: `ssh-ed25519 ${Buffer.from(`key of node ${at}`.padEnd(51, "x")).toString("base64")}`,
    circuit: `c${at % 400}`,
  };
}

async function resolveOften(nodes: string): Promise<readonly number[]> {
  const sources = { readGroup: nothingElse, readFile: nothingElse, readStdin: nothingElse };
  const took: number[] = [];
  for (let round = 0; round < resolveRounds; round++) {
    const beganAt = performance.now();
    const { length } = await resolveNodeSet({ included: [nodes] }, sources);
    took.push(performance.now() - beganAt);
    if (length !== nodeCount) throw new Error(`${length} nodes instead of ${nodeCount}`);
  }
  return took;
}

function nothingElse(): never {
  throw new Error("the node set names nodes alone");
}
