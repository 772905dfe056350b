import { spawn } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { OPEN_FOLDER_DESCRIPTOR } from "./credentials.ts";
import type { Credentials } from "./credentials.ts";

/**
 * A child that cannot outlive us. A shell first leaves a guard behind, then becomes the program (same pid). The guard
 * waits on a pipe whose other end only we hold: when we die, kill -9 included, the kernel closes it, and the guard
 * stops the program: `orphanSignal`, then SIGKILL after five seconds. When the program ends first, we tell the guard
 * to go. The guard is nobody's child, so that the program never meets a child that it did not start, and runs under
 * the program's uid, so that it can signal nothing more.
 */
const GUARD = `
signal=$1; shift
(
  (
    if read -r _ <&3; then exit 0; fi
    kill -s "$signal" $$ 2>/dev/null || exit 0
    tries=0
    while kill -0 $$ 2>/dev/null && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL $$ 2>/dev/null
  ) </dev/null >/dev/null 2>&1 &
)
exec "$@" 3<&-
`;

/** How a process ended: with a code, or by a signal. */
export type ProcessExit = { readonly code: number } | { readonly signal: NodeJS.Signals };

/** What to run; it sees the environment given here, never ours, and has no standard input unless `input` is given. */
export interface GuardedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Default `/`. */
  readonly workingDirectory?: string;
  /** A folder that the child gets open, as `grantFolder` has it. */
  readonly openFolder?: string | undefined;
  readonly credentials: Credentials;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where standard output and error go: to a file descriptor, or both to `GuardedProcess.output`. */
  readonly output: number | "pipe";
  readonly input?: string;
  /** What the guard sends first when we are gone. */
  readonly orphanSignal: "INT" | "TERM" | "KILL";
}

/** A running child; `exited` settles once, and never rejects. */
export interface GuardedProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Standard output and standard error, where they are piped; they must be read. */
  readonly output: readonly Readable[];
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a guarded child in a session of its own: Ctrl-C at the terminal reaches us alone, and we stop it in order.
 *
 * @throws what the system says when it cannot be started under these credentials.
 */
export async function spawnGuarded(command: GuardedCommand): Promise<GuardedProcess> {
  const { input, output, orphanSignal, openFolder } = command;
  const folder = openFolder === undefined ? undefined : openSync(openFolder, "r");
  const stdio: StdioOptions = [input === undefined ? "ignore" : "pipe", output, output, "pipe"];
  if (folder !== undefined) stdio[OPEN_FOLDER_DESCRIPTOR] = folder;
  const child = spawn("/bin/sh", ["-c", GUARD, "guard", orphanSignal, command.command, ...command.args], {
    cwd: command.workingDirectory ?? "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC", ...command.environment },
    detached: true,
    stdio,
    ...command.credentials,
  });
  if (folder !== undefined) closeSync(folder);
  const lifeline = child.stdio[3] as Writable;
  lifeline.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once("exit", (code, signal) => {
      lifeline.end("\n");
      resolve(signal === null ? { code: code ?? 0 } : { signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  if (child.pid === undefined) throw new TypeError("a child was started without a pid");
  const piped = [child.stdout, child.stderr].filter((stream) => stream !== null);
  return { pid: child.pid, exited, output: piped, kill: (signal) => void child.kill(signal) };
}
