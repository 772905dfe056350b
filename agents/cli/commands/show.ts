import type { Command } from "commander";
import { type BusFlags, declareBusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille show`: one operation and its results so far. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("<op>", "the operation's id; 'reveille ops' lists them");
  declareBusFlags(command).action(async (op: string, flags: BusFlags) => {
    const { showOperation } = await import("../reading/show-operation.ts");
    await showOperation(surroundings, op, flags);
  });
}
