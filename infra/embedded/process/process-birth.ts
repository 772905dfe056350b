import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** One process for good: a pid alone may belong to somebody else tomorrow. */
export interface ProcessBirth {
  readonly pid: number;
  /** When the kernel started it; opaque, comparable, different after a reboot. */
  readonly born: string;
}

/** Who runs under a pid now; undefined when nobody does, or only a dead process that was not yet reaped. */
export function readProcessBirth(pid: number): ProcessBirth | undefined {
  const born = process.platform === "linux" ? readProcStart(pid) : readPsStart(pid);
  return born === undefined ? undefined : { pid, born };
}

/** Whether exactly this process still runs. */
export function isSameProcessAlive(birth: ProcessBirth): boolean {
  return readProcessBirth(birth.pid)?.born === birth.born;
}

/** Reads what `JSON.stringify` made of a birth; undefined for anything else. */
export function parseProcessBirth(text: string): ProcessBirth | undefined {
  try {
    const { pid, born } = JSON.parse(text) as Partial<ProcessBirth>;
    return Number.isSafeInteger(pid) && typeof born === "string" ? { pid: Number(pid), born } : undefined;
  } catch {
    return undefined;
  }
}

function readProcStart(pid: number): string | undefined {
  try {
    // proc(5): after the command in parentheses (which may hold anything) come the state and, 19 further on, the start.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()}:${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

function readPsStart(pid: number): string | undefined {
  const options = { encoding: "utf8", env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" } } as const;
  const [state, ...start] = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], options).stdout.split(/\s+/);
  return state === undefined || state === "" || state.startsWith("Z") ? undefined : start.join(" ").trim();
}
