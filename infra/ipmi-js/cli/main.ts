import { readFileSync } from "node:fs";
import { run } from "./run.ts";

/** Runs the process's own command line, and sets its exit status. `packageFile` is where the version stands. */
export async function main(packageFile: URL): Promise<void> {
  process.exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    version: () => (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version,
  });
}
