import type { Command } from "commander";
import type { OutputMode } from "../output/reporter.ts";

/** Flags of every command that asks the bus. */
export interface BusFlags {
  readonly json?: true;
  readonly debug?: true;
  readonly context?: string;
  readonly site?: string;
}

/** Flags of every command that follows an operation. */
export interface FollowFlags extends BusFlags {
  readonly events?: true;
  readonly ignoreSkipped?: true;
}

/** Flags of every command that begins an operation. */
export interface OperationFlags extends FollowFlags {
  readonly async?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly maxFailures?: string;
  readonly id?: string;
  readonly exclude?: readonly string[];
}

export function declareBusFlags(command: Command): Command {
  return command
    .option("--json", "print one JSON document at the end, on one line")
    .option("--debug", "tell every step, and faults with their stack, on stderr")
    .option(
      "--context <file>",
      "the site to ask and who asks (default: $REVEILLE_CONTEXT, ./.reveille/context.json, ~/.config/reveille/context.json)",
    )
    .option("--site <site>", "the site to ask, instead of the context's");
}

export function declareFollowFlags(command: Command): Command {
  command
    .option("--events", "print each event as one line of JSON, and the document of --json as the last line")
    .option("--ignore-skipped", "leave skipped nodes out of the code and the exit status");
  return declareBusFlags(command);
}

export function declareOperationFlags(command: Command): Command {
  command
    .option("-x, --exclude <nodes>", "leave these nodes out; may be given again", gather)
    .option("--async", "print the operation's id and return; 'reveille wait ID' has the results")
    .option("--dry-run", "say what would be asked for, and touch nothing")
    .option("--max-failures <n|p%>", "start no further node past so many failures; the rest end skipped")
    .option("--id <op>", "the operation's id, 32 hexadecimal digits (default: random)");
  return declareFollowFlags(declareYes(command));
}

export function declareYes(command: Command): Command {
  return command.option("--yes", "do not ask before a destructive command on more than 16 nodes");
}

export function outputModeOf(flags: FollowFlags): OutputMode {
  if (flags.events) return "events";
  return flags.json ? "json" : "text";
}

/** What an option holds that may be given again: all that was written, in that order. */
export function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
