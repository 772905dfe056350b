import type { Command } from "commander";
import { declareBusFlags } from "../operation/flags.ts";
import type { ListOperationsFlags } from "../reading/list-operations.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille ops`: the newest operations. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .option("--running", "only those that are still running")
    .option("--limit <n>", "at most so many, the newest, up to 1000");
  declareBusFlags(command).action(async (flags: ListOperationsFlags) => {
    const { listOperations } = await import("../reading/list-operations.ts");
    await listOperations(surroundings, flags);
  });
}
