import { CommanderError } from "commander";
import { RefusedError } from "./conclusion/ending.ts";
import { createProcessSurroundings } from "./process-surroundings.ts";
import { createProgram } from "./program.ts";
import type { Surroundings } from "./surroundings.ts";
import { readVersion } from "./version.ts";

/**
 * The operator's command line: `argv` is what follows the program's name. Sets `process.exitCode`. Importing this is
 * cheap, and so is `--help`: the bus and what draws tables and bars are loaded by the commands that need them.
 */
export async function main(argv: readonly string[]): Promise<void> {
  await runCommandLine(argv, createProcessSurroundings());
}

/** Parses and runs one command line in these surroundings; never throws. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<void> {
  try {
    const program = await createProgram(argv, surroundings, readVersion(import.meta.dirname));
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      throw new RefusedError("malformed-arguments", "no command is named");
    }
    await program.parseAsync(argv[0] === "help" ? [...argv.slice(1), "--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const { conclude } = await import("./conclusion/conclude.ts");
    const isJson = argv.includes("--json") || argv.includes("--events");
    const command = { verb: argv[0] ?? "", mode: isJson ? "json" : "text", isDebug: argv.includes("--debug") } as const;
    await conclude(surroundings, command, async () => {
      throw error;
    });
  }
}
