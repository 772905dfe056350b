/**
 * Runs a program of the system and waits for it, and for no longer than allowed: it leads a process group of its own,
 * which is killed as a whole when time is up or the caller calls it off, so that nothing it started is left behind. No
 * shell is involved. It has no terminal to ask at, and sees none of our environment but PATH and HOME: the rest may
 * hold secrets.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { keepText } from "./capped-text.ts";

/** What the program wrote, each stream as far as it was kept. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program ended. Only after `could-not-start` is it certain that it did nothing. */
export type ProgramOutcome =
  | ({ readonly outcome: "exited"; readonly status: number } & ProgramOutput)
  | ({ readonly outcome: "killed"; readonly signal: NodeJS.Signals } & ProgramOutput)
  | ({ readonly outcome: "timed-out" | "aborted" } & ProgramOutput)
  | { readonly outcome: "could-not-start"; readonly detail: string };

export interface ProgramOptions {
  /** From start to end; then the whole group is killed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What the program reads from its standard input; nothing unless given. */
  readonly stdin?: string;
  /** How much is kept of each stream; 65,536 unless given. */
  readonly maxOutputBytes?: number;
}

/** Output is waited for so long after the program's end, if something that it left behind holds the pipe open. */
const leftoverOutputMs = 100;
/** A killed process that the kernel cannot end (it hangs in a dead disk or mount) is waited for no longer than this. */
const unkillableMs = 2000;

/** Runs `program` with `args`. The promise never rejects. */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { timeoutMs, signal, stdin, maxOutputBytes = 65_536 }: ProgramOptions,
): Promise<ProgramOutcome> {
  if (signal.aborted) return { outcome: "could-not-start", detail: `${program} was called off before it started` };
  const child = start(program, args, stdin !== undefined);
  if (child instanceof Error) return { outcome: "could-not-start", detail: child.message };
  const stdout = keepText(child.stdout, maxOutputBytes);
  const stderr = keepText(child.stderr, maxOutputBytes);
  // The program may end without having read its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  const end = await endOf(child, { timeoutMs, signal });
  child.stdout?.destroy();
  child.stderr?.destroy();
  return end.outcome === "could-not-start" ? end : { ...end, stdout: stdout(), stderr: stderr() };
}

function start(program: string, args: readonly string[], hasInput: boolean): ChildProcess | Error {
  const { PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", HOME } = process.env;
  try {
    return spawn(program, args, {
      detached: true,
      stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe"],
      env: { PATH, LC_ALL: "C", ...(HOME !== undefined && { HOME }) },
    });
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return error;
    throw error;
  }
}

type ProgramEnd =
  | { readonly outcome: "exited"; readonly status: number }
  | { readonly outcome: "killed"; readonly signal: NodeJS.Signals }
  | { readonly outcome: "timed-out" | "aborted" }
  | { readonly outcome: "could-not-start"; readonly detail: string };

function endOf(child: ChildProcess, limits: { timeoutMs: number; signal: AbortSignal }): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let end: ProgramEnd | undefined;
    let waiting: NodeJS.Timeout | undefined;
    const settle = (last: ProgramEnd): void => {
      clearTimeout(deadline);
      clearTimeout(waiting);
      limits.signal.removeEventListener("abort", abort);
      resolve(end ?? last);
    };
    const stop = (outcome: "timed-out" | "aborted"): void => {
      if (end) return;
      end = { outcome };
      killGroup(child);
      waiting = setTimeout(settle, unkillableMs, end);
    };
    const abort = (): void => stop("aborted");
    const deadline = setTimeout(stop, limits.timeoutMs, "timed-out");
    limits.signal.addEventListener("abort", abort, { once: true });

    child.once("error", (error) => settle({ outcome: "could-not-start", detail: error.message }));
    child.once("exit", (status, signal) => {
      const last =
        end ?? (signal === null ? { outcome: "exited", status: status ?? 0 } : { outcome: "killed", signal });
      end = last;
      clearTimeout(waiting);
      // After the timer comes one more round of reading, so that a busy process loses no output.
      waiting = setTimeout(() => setImmediate(settle, last), leftoverOutputMs);
    });
    child.once("close", () => {
      if (end) settle(end);
    });
  });
}

/** The group's leader has not been waited for yet, so its number cannot belong to anybody else. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It is gone already, and its end is about to be told.
  }
}
