/** What a measurement found. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How to read it. */
  readonly note?: string;
}

/** The table as Markdown, its columns under each other. */
export function renderTable({ columns, rows, note }: Table): string {
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (at === 0 ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(columns), rule, ...rows.map(line), ...(note === undefined ? [] : ["", note])].join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** The cells of what was measured in several rounds: median, least and most. */
export function spreadCells(values: readonly number[], write: (value: number) => string): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map(write);
}

/** The cell of a limit, and whether it was kept to. */
export function limitCell(limit: string, isMet: boolean): string {
  return `${limit}: ${isMet ? "met" : "NOT MET"}`;
}
