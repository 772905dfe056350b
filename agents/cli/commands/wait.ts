import type { Command } from "commander";
import { type FollowFlags, declareFollowFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille wait`: the same results and exit status as if it had been there all along. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("<op>", "the operation's id; 'reveille ops' lists them");
  declareFollowFlags(command).action(async (op: string, flags: FollowFlags) => {
    const { waitForOperation } = await import("../operation/wait-for-operation.ts");
    await waitForOperation(surroundings, op, flags);
  });
}
