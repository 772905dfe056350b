import { type ActingVerb, type OperationSummary, isActingVerb } from "../../../contracts/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import { askFor } from "../operation/read-inventory.ts";
import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { Surroundings } from "../surroundings.ts";
import { RefusedError } from "../conclusion/ending.ts";
import { parseLimit } from "./limit.ts";
import { parseSince } from "./since.ts";
import { runRead } from "./run-read.ts";

export interface ListOperationsFlags extends BusFlags {
  readonly limit?: string;
  readonly running?: true;
  readonly verb?: string;
  readonly user?: string;
  readonly since?: string;
}

/** The newest operations that the asker may see. */
export async function listOperations(surroundings: Surroundings, flags: ListOperationsFlags): Promise<void> {
  const { stdout } = surroundings;
  await runRead(surroundings, { verb: "ops", flags }, async ({ coordinator, isJson }) => {
    const limit = parseLimit(flags.limit);
    const args = {
      ...(limit === undefined ? {} : { limit }),
      ...(flags.running ? { running: true } : {}),
      ...(flags.verb === undefined ? {} : { verb: parseVerb(flags.verb) }),
      ...(flags.user === undefined ? {} : { user: flags.user.toLowerCase() }),
      ...(flags.since === undefined ? {} : { since: parseSince(flags.since, Date.now()) }),
    };
    const { operations } = await askFor(coordinator, "operations", args);
    if (isJson) await stdout.write(`${encodeJson({ operations })}\n`);
    else await writeTable(stdout, heading, operations.map(rowOf));
    return { kind: "answered" };
  });
}

function parseVerb(text: string): ActingVerb {
  if (isActingVerb(text)) return text;
  throw new RefusedError("malformed-arguments", `--verb takes a verb that acts on nodes: ${text} is none`);
}

const heading = ["id", "verb", "user", "state", "done", "failed", "created"];

function rowOf(operation: OperationSummary): string[] {
  const { op, verb, user, doneCount, nodeCount, failedCount, createdAt } = operation;
  return [op, verb, user, stateOf(operation), `${doneCount}/${nodeCount}`, String(failedCount), createdAt];
}

/** `cancelling` stands between `running` and the end of an operation that somebody cancelled. */
export function stateOf({ state, cancelRequested }: OperationSummary): string {
  return state === "running" && cancelRequested ? "cancelling" : state;
}
