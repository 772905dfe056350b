import type { Command } from "commander";
import { type BusFlags, declareBusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille cancel`: what has not started ends cancelled; a node in the midst of a step finishes it first. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("<op>", "the operation's id; 'reveille ops' lists them");
  declareBusFlags(command).action(async (op: string, flags: BusFlags) => {
    const { cancelOperation } = await import("../operation/cancel-operation.ts");
    await cancelOperation(surroundings, op, flags);
  });
}
