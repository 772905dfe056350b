import type { Command } from "commander";
import { declareBusFlags } from "../operation/flags.ts";
import type { ListOperationsFlags } from "../reading/list-operations.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille ops`: the newest operations. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .option("--running", "only those that are still running")
    .option("--verb <verb>", "only of this verb: reboot, power, reload or setup")
    .option("--user <user>", "only this user's")
    .option("--since <time>", "only those begun since: 30m, 2h, 7d, or 2030-01-02T03:04")
    .option("--limit <n>", "at most so many, the newest, up to 1000");
  declareBusFlags(command).action(async (flags: ListOperationsFlags) => {
    const { listOperations } = await import("../reading/list-operations.ts");
    await listOperations(surroundings, flags);
  });
}
