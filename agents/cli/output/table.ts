import { stripControls } from "./strip-controls.ts";
import type { TextWriter } from "./text-writer.ts";

type Row = readonly (string | number | undefined)[];

/** A table with a heading at a terminal; for a pipe the rows alone, parted by tabs. Nothing in a cell is obeyed by a terminal. */
export async function writeTable(writer: TextWriter, heading: readonly string[], rows: readonly Row[]): Promise<void> {
  const cells = rows.map((row) => row.map((cell) => stripControls(String(cell ?? "-"))));
  if (!writer.isTerminal) {
    for (const row of cells) if (writer.hasReader) await writer.write(`${row.join("\t")}\n`);
    return;
  }
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: heading.map((title) => title.toUpperCase()),
    chars: borderless,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(...cells);
  const lines = table.toString().split("\n");
  await writer.write(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

const borderless = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
