import type { Command } from "commander";
import { type OperationFlags, declareOperationFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

/** `reveille setup`: bring every node of an experiment to the OS that it asks for. */
export function declare(command: Command, surroundings: Surroundings): void {
  command.argument("<experiment>", "the experiment, written project/experiment");
  declareOperationFlags(command)
    .addHelpText("after", notes)
    .action(async (experiment: string, flags: OperationFlags) => {
      const { runOperation } = await import("../operation/run-operation.ts");
      await runOperation(surroundings, {
        verb: "setup",
        selection: { nodes: [], experiment },
        ownArgs: () => ({}),
        destructiveDeed: "set up",
        flags,
      });
    });
}

const notes = `
Each node is left as it is, reconfigured, rebooted or reloaded, by what is recorded of it; --dry-run shows which, and
about how long it takes. Nodes marked nonfatal may fail. With --json the document says under "retry" whether another
try may help.

Examples:
  reveille setup demo/lab
  reveille setup demo/lab --dry-run
  reveille experiment set demo/lab --os ubuntu && reveille setup demo/lab --yes`;
