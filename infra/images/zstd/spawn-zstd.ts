import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export type ZstdProcess = ChildProcessByStdio<Writable, Readable, null>;

/** `zstd-missing`: the program is not installed. `zstd-failed`: it gave up on what it was to compress. */
export type ZstdErrorCode = "zstd-missing" | "zstd-failed";

export class ZstdError extends Error {
  readonly code: ZstdErrorCode;

  constructor(code: ZstdErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ZstdError";
    this.code = code;
  }
}

/**
 * Starts the system's zstd between two pipes. It ends by itself when we do, kill -9 included: its input ends. Of our
 * environment it sees PATH alone. A failure to start is told by `endOf`.
 */
export function spawnZstd(args: readonly string[]): ZstdProcess {
  const { PATH = "/usr/local/bin:/usr/bin:/bin" } = process.env;
  const child = spawn("zstd", ["-q", ...args], { stdio: ["pipe", "pipe", "ignore"], env: { PATH, LC_ALL: "C" } });
  // It may end without having read its input; what that means is told by its status.
  child.stdin.on("error", () => undefined);
  return child;
}

/**
 * Resolves with the exit status once the program has ended and its output has been read, null if it was killed.
 *
 * @throws ZstdError `zstd-missing`, or what else kept it from starting.
 */
export function endOf(child: ZstdProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") reject(cause);
      else reject(new ZstdError("zstd-missing", "zstd is not installed: run node infra/bootstrap.mjs", { cause }));
    });
    child.once("close", resolve);
  });
}
