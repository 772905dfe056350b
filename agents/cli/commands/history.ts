import type { Command } from "commander";
import { declareBusFlags } from "../operation/flags.ts";
import type { ShowHistoryFlags } from "../reading/show-history.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille history`: the states a node passed through. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("<node>", "the node's name").option("--limit <n>", "at most so many, the newest, up to 1000");
  declareBusFlags(command).action(async (node: string, flags: ShowHistoryFlags) => {
    const { showHistory } = await import("../reading/show-history.ts");
    await showHistory(surroundings, node, flags);
  });
}
