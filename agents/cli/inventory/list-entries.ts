import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { BusFlags } from "../operation/flags.ts";
import { runRead } from "../reading/run-read.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Entry, KindCommand } from "./kind-command.ts";
import { readEntries } from "./read-entries.ts";

/** All entries of a kind: one document with `--json`, else a table. */
export async function listEntries(
  surroundings: Surroundings,
  { kind, noun, complete, columns }: Pick<KindCommand, "kind" | "noun" | "complete" | "columns">,
  flags: BusFlags,
): Promise<void> {
  await runRead(surroundings, { verb: `${noun} list`, flags }, async ({ coordinator, isJson }) => {
    const written: readonly Entry[] = await readEntries(coordinator, kind);
    const entries = complete ? await complete(written, coordinator) : written;
    if (isJson) {
      await surroundings.stdout.write(`${encodeJson({ [kind]: entries })}\n`);
      return { kind: "answered" };
    }
    const rows = entries.map((entry) => columns.map(([, cellOf]) => shown(cellOf(entry))));
    await writeTable(
      surroundings.stdout,
      columns.map(([heading]) => heading),
      rows,
    );
    return { kind: "answered" };
  });
}

function shown(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
