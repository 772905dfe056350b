import type { NodeResult, OperationSummary, Results } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";
import { compareNaturally } from "../node-set/natural-order.ts";
import type { BusFlags } from "../operation/flags.ts";
import { refuseBadId } from "../operation/operation-id.ts";
import { askFor } from "../operation/read-inventory.ts";
import { writeDocument } from "../output/json-documents.ts";
import { lastWordsOf } from "../output/last-words.ts";
import { stripControls } from "../output/strip-controls.ts";
import { writeTable } from "../output/table.ts";
import type { Surroundings } from "../surroundings.ts";
import { stateOf } from "./list-operations.ts";
import { runRead } from "./run-read.ts";

/** One operation as the ledger has it now, with the results so far; waits for nothing. */
export async function showOperation(surroundings: Surroundings, op: string, flags: BusFlags): Promise<void> {
  const { stdout } = surroundings;
  await runRead(
    surroundings,
    { verb: "show", op, flags, check: () => refuseBadId(op) },
    async ({ coordinator, isJson }) => {
      const { operation, results } = await readOperation(coordinator, op);
      if (isJson) {
        await writeDocument(stdout, { operation }, results);
        return { kind: "answered" };
      }
      await stdout.write(`${stripControls(describe(operation))}\n`);
      const nodes = Object.keys(results).sort(compareNaturally);
      const rows = nodes.flatMap((node) => (results[node] ? [rowOf(node, results[node])] : []));
      await writeTable(stdout, ["node", "outcome", "reason", "via", "attempts", "seconds", "detail"], rows);
      // A pipe gets one result a line, and nothing else.
      for (const node of stdout.isTerminal ? nodes : []) {
        const lines = results[node] ? lastWordsOf(node, results[node]) : [];
        if (lines.length > 0) await stdout.write(`\n${lines.join("\n")}\n`);
      }
      return { kind: "answered" };
    },
  );
}

async function readOperation(
  coordinator: Pick<Coordinator, "query">,
  op: string,
): Promise<{ operation: OperationSummary; results: Results }> {
  const results: Results = {};
  let after: string | undefined;
  for (;;) {
    const page = await askFor(coordinator, "operation", { op, ...(after === undefined ? {} : { after }) });
    Object.assign(results, page.results);
    after = page.next;
    if (after === undefined) return { operation: page.operation, results };
  }
}

function describe(operation: OperationSummary): string {
  const { op, verb, user, nodeCount, doneCount, failedCount, createdAt, finishedAt } = operation;
  const times = finishedAt === undefined ? `since ${createdAt}` : `from ${createdAt} to ${finishedAt}`;
  const counts = `${doneCount}/${nodeCount} nodes done, ${failedCount} failed`;
  return `${verb} ${op} by ${user}: ${stateOf(operation)}, ${counts}, ${times}`;
}

function rowOf(node: string, result: NodeResult): string[] {
  const seconds = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1_000;
  const { outcome, reason, via, attempts, detail } = result;
  return [node, outcome, reason, via ?? "-", String(attempts), seconds.toFixed(1), detail ?? ""];
}
