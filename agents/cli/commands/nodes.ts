import type { Command } from "commander";
import { type BusFlags, declareBusFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille nodes`: the inventory. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("[nodes...]", "the nodes: pc1 pc[2-9,12], @GROUP, @file:PATH, - for stdin (default: all)");
  declareBusFlags(command)
    .addHelpText("after", notes)
    .action(async (nodes: string[], flags: BusFlags) => {
      const { listNodes } = await import("../reading/list-nodes.ts");
      await listNodes(surroundings, nodes, flags);
    });
}

const notes = `
The exit status is the number of named nodes that are not in the inventory.

Examples:
  reveille nodes                  everything you may see
  reveille nodes @free            the free nodes
  reveille nodes 'pc[1-9]' --json one JSON document {"nodes":[…],"unknown":[…]}
  reveille nodes | cut -f1        names alone: a pipe gets columns parted by tabs`;
