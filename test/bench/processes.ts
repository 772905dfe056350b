import { readFileSync, readdirSync, writeFileSync } from "node:fs";

/** What Linux tells of a process; undefined once it is gone. */
function readProc<T>(pid: number, file: string, parse: (text: string) => T): T | undefined {
  try {
    return parse(readFileSync(`/proc/${pid}/${file}`, "utf8"));
  } catch {
    return undefined;
  }
}

/** A process and all that came of it. */
export function processTree(rootPid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = statFieldsOf(pid)?.[1];
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid]);
  }
  const tree: number[] = [];
  for (let level = [rootPid]; level.length > 0; level = level.flatMap((pid) => children.get(pid) ?? []))
    tree.push(...level);
  return tree;
}

/** The fields of `stat` from the third on (proc(5)): the name before them may hold anything. */
function statFieldsOf(pid: number): string[] | undefined {
  return readProc(pid, "stat", (text) => text.slice(text.lastIndexOf(")") + 2).split(" "));
}

/** Ticks of a Linux clock are hundredths of a second on every machine that Node runs on. */
const msPerTick = 10;

/** CPU time that these processes have used so far, milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = statFieldsOf(pid);
    return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
  });
  return ticks.reduce((sum, count) => sum + count, 0) * msPerTick;
}

/** CPU time of this process, and of its children that have ended, so far, milliseconds. */
export function cpuMsWithChildren(): number {
  const fields = statFieldsOf(process.pid) ?? [];
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * msPerTick;
}

/** Memory of these processes, MiB: a page that several share counts for each in part (PSS). */
export function memoryMiBOf(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) => readProc(pid, "smaps_rollup", (text) => numberIn(text, /^Pss:\s+(\d+)/m)) ?? 0);
  return kibibytes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** The most memory that a process ever had (or since `forgetPeak`), MiB. */
export function peakMiBOf(pid: number): number {
  return (readProc(pid, "status", (text) => numberIn(text, /^VmHWM:\s+(\d+)/m)) ?? 0) / 1024;
}

/** Makes what a process has now its peak (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Reads a group's memory over and over until it is stopped; gives the most that was seen, MiB. */
export function watchMemory(pids: () => readonly number[]): { stop(): number } {
  const everyMs = 250;
  let peak = 0;
  const look = () => (peak = Math.max(peak, memoryMiBOf(pids())));
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return look();
    },
  };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
