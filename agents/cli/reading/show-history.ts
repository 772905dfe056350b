import { NodeName, hasShape } from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { BusFlags } from "../operation/flags.ts";
import { askFor } from "../operation/read-inventory.ts";
import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { Surroundings } from "../surroundings.ts";
import { parseLimit } from "./limit.ts";
import { runRead } from "./run-read.ts";

export interface ShowHistoryFlags extends BusFlags {
  readonly limit?: string;
}

/** The states a node reported, newest first; what its state before did not allow is flagged. */
export async function showHistory(surroundings: Surroundings, node: string, flags: ShowHistoryFlags): Promise<void> {
  const { stdout } = surroundings;
  const name = node.toLowerCase();
  const check = () => refuseBadName(name);
  await runRead(surroundings, { verb: "history", flags, check }, async ({ coordinator, isJson }) => {
    const limit = parseLimit(flags.limit);
    const args = { node: name, ...(limit === undefined ? {} : { limit }) };
    const { known, entries } = await askFor(coordinator, "history", args);
    if (!known) throw new RefusedError("node-unknown", `not in the inventory: ${name}`);
    if (isJson) await stdout.write(`${encodeJson({ node: name, entries })}\n`);
    else {
      const rows = entries.map((entry) => [
        entry.at,
        entry.state,
        entry.mode,
        entry.reportedBy === "timeout" ? "lasts too long" : entry.expected ? "expected" : "unexpected",
        entry.reportedBy,
        entry.bootId,
      ]);
      await writeTable(stdout, ["at", "state", "mode", "expected", "reported by", "boot id"], rows);
    }
    return { kind: "answered" };
  });
}

function refuseBadName(name: string): void {
  if (hasShape(NodeName, name)) return;
  throw new RefusedError("malformed-arguments", "history is told of one node: write reveille history pc1");
}
