import { readFileSync } from "node:fs";
import { run } from "./run.ts";

/**
 * Runs the process's own command line, and sets its exit status. `packageFile` is where the version stands. The first
 * SIGINT or SIGTERM, or a reader of the output that leaves, ends it in order: BMCs have few sessions, and keep those that
 * nobody closed for a minute. The second signal ends it at once.
 */
export async function main(packageFile: URL): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  process.stdout.on("error", () => stop.abort());
  process.exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    version: () => (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version,
    signal: stop.signal,
  });
}
