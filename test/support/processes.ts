import { readFileSync, readdirSync } from "node:fs";

/** A running process, as Linux's /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** Every process on this machine but those that only wait to be reaped. */
export function listProcesses(): readonly ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => readEntry(Number(name)) ?? []);
}

/** A process and all that came from it, and whatever names `text` in its command line. */
export function familyOf(pid: number, text: string): readonly ProcessEntry[] {
  const all = listProcesses();
  const family = new Set([pid]);
  const isOfIt = (entry: ProcessEntry) =>
    entry.pid !== process.pid && (family.has(entry.parent) || entry.commandLine.includes(text));
  for (let grown = -1; grown < family.size;) {
    grown = family.size;
    for (const entry of all.filter(isOfIt)) family.add(entry.pid);
  }
  return all.filter((entry) => family.has(entry.pid));
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /su, "")
      .split(" ");
    return state === "Z" ? undefined : { pid, parent: Number(parent), commandLine };
  } catch {
    return undefined;
  }
}
