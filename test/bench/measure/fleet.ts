import { rebootRounds, roundCells, roundColumns, roundNote } from "../reboot-rounds.ts";
import type { Table } from "../table.ts";

/** How many nodes in one command, and how often. */
const sizes = [
  { nodeCount: 1_000, rounds: 15 },
  { nodeCount: 10_000, rounds: 9 },
  { nodeCount: 50_000, rounds: 3 },
];

/** Whole fleets on the `none` driver through one reboot agent. */
export async function measureFleet(): Promise<Table> {
  const rows: string[][] = [];
  for (const { nodeCount, rounds } of sizes) {
    rows.push([
      nodeCount.toLocaleString("en-US"),
      ...roundCells(await rebootRounds({ nodeCount, rebootAgents: 1, rounds })),
    ]);
  }
  return { columns: ["nodes", ...roundColumns], rows, note: roundNote };
}
