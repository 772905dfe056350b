import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../agents/cli/reveille.mjs", import.meta.url));
/** What has not ended by then is killed, and its end says so, milliseconds. */
const defaultLimitMs = 120_000;

export interface CliOptions {
  /** Where it runs: never the checkout. */
  readonly cwd: string;
  /** `REVEILLE_CONTEXT`; left out, the usual places are looked at. */
  readonly contextFile?: string;
  readonly limitMs?: number;
}

/** How a command line ended; `status` is null if a signal ended it. */
export interface CliEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `reveille …` as a process of its own. */
export interface CliProcess {
  readonly pid: number;
  readonly ended: Promise<CliEnd>;
  /** The first line of stdout that matches; rejects if the process ends without one. */
  line(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the bin as an operator would, in a bare environment. */
export function startCli(args: readonly string[], options: CliOptions): CliProcess {
  const { cwd, contextFile, limitMs = defaultLimitMs } = options;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: cwd,
      ...(process.env["NATS_SERVER_BIN"] === undefined ? {} : { NATS_SERVER_BIN: process.env["NATS_SERVER_BIN"] }),
      ...(contextFile === undefined ? {} : { REVEILLE_CONTEXT: contextFile }),
    },
  });
  if (child.pid === undefined) throw new Error(`${process.execPath} cannot be started`);
  const written = gather(child);
  const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const ended = once(child, "close").then(([status, signal]): CliEnd => {
    clearTimeout(limit);
    return { status: status as number | null, signal: signal as NodeJS.Signals | null, ...written };
  });
  return {
    pid: child.pid,
    ended,
    kill: (signal) => void child.kill(signal),
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = written.stdout
            .split("\n")
            .slice(0, -1)
            .find((line) => pattern.test(line));
          if (found !== undefined) resolve(found);
        };
        child.stdout.on("data", look);
        look();
        void ended.then(({ stderr }) => reject(new Error(`ended without a line like ${String(pattern)}: ${stderr}`)));
      }),
  };
}

/** Runs the bin to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliEnd> {
  return startCli(args, options).ended;
}

function gather(child: ChildProcess): { stdout: string; stderr: string } {
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (written[name] += text));
  }
  return written;
}
