import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { BusFlags } from "../operation/flags.ts";
import { runRead } from "../reading/run-read.ts";
import type { Surroundings } from "../surroundings.ts";
import type { KindCommand } from "./kind-command.ts";
import { readEntries } from "./read-entries.ts";

/** All entries of a kind: one document with `--json`, else a table. */
export async function listEntries(
  surroundings: Surroundings,
  { kind, noun, columns }: Pick<KindCommand, "kind" | "noun" | "columns">,
  flags: BusFlags,
): Promise<void> {
  await runRead(surroundings, { verb: `${noun} list`, flags }, async ({ coordinator, isJson }) => {
    const entries: readonly Readonly<Record<string, unknown>>[] = await readEntries(coordinator, kind);
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
