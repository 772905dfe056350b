import { rebootRounds, roundCells, roundColumns, roundNote } from "../reboot-rounds.ts";
import type { Table } from "../table.ts";

const nodeCount = 10_000;

/** The same fleet through one, two and four reboot agents. */
export async function measureAgents(): Promise<Table> {
  const rows: string[][] = [];
  for (const rebootAgents of [1, 2, 4]) {
    rows.push([String(rebootAgents), ...roundCells(await rebootRounds({ nodeCount, rebootAgents, rounds: 7 }))]);
  }
  return { columns: [`agents, ${nodeCount.toLocaleString("en-US")} nodes`, ...roundColumns], rows, note: roundNote };
}
