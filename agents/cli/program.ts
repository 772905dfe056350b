import { Command } from "commander";
import { commandTable } from "./command-table.ts";
import { overallHelp } from "./overall-help.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * The command line's grammar. Of all commands only the one that `argv` asks for is loaded and declared in full: the
 * others stand in the overall help with a sentence each. It throws commander's errors and never ends the process.
 */
export async function createProgram(
  argv: readonly string[],
  surroundings: Surroundings,
  version: string,
): Promise<Command> {
  const program = new Command("reveille")
    .description("Reboots and reloads fleets of bare-metal machines, and tells the truth about every node.")
    .usage("COMMAND [options]")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or a command's: reveille COMMAND --help")
    .helpCommand(false)
    .configureHelp({ helpWidth: 110, subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText("after", overallHelp);
  const asked = argv[0] === "help" ? argv[1] : argv[0];
  for (const row of commandTable) {
    const command = program.command(row.name).summary(row.summary).description(sentenceOf(row.summary));
    command.helpGroup(row.heading).usage(row.usage);
    if (row.name !== asked) continue;
    const { declare } = await row.load();
    declare(command.usage(`${row.usage} [options]`.trimStart()), surroundings);
  }
  return program;
}

function sentenceOf(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
