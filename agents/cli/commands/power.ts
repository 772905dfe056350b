import type { Command } from "commander";
import { type OperationFlags, declareOperationFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

interface PowerFlags extends OperationFlags {
  readonly raw?: true;
  readonly force?: true;
}

/** `reveille power`: act on the nodes' BMC or PDU alone. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .argument("<action>", "on, off, cycle, reset, soft (ask the OS to shut down), diag (NMI) or status")
    .argument("[nodes...]", "the nodes: pc1 pc[2-9,12], @GROUP, @file:PATH, - for stdin")
    .option("--raw", "with cycle: the BMC's own cycle, which cannot be read back, instead of off and on")
    .option(
      "--force",
      "include nodes in a load begun with --no-wait, and BMCs left alone: unreachable or refusing our credentials",
    );
  declareOperationFlags(command)
    .addHelpText("after", examples)
    .action(async (action: string, nodes: string[], flags: PowerFlags) => {
      const { runOperation } = await import("../operation/run-operation.ts");
      const { isHarmless, powerArgsOf } = await import("../operation/args/power-args.ts");
      await runOperation(surroundings, {
        verb: "power",
        selection: { nodes },
        ownArgs: () => powerArgsOf(action, flags),
        destructiveDeed: isHarmless(action) ? undefined : `power ${action}`,
        flags,
      });
    });
}

const examples = `
Examples:
  reveille power status @all                 who is on
  reveille power cycle pc7                   off, read back, on, read back
  reveille power off @proj/exp -x pc1 --yes  all of an experiment but pc1`;
