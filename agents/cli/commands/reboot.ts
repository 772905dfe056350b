import type { Command } from "commander";
import { type OperationFlags, declareOperationFlags } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

interface RebootFlags extends OperationFlags {
  readonly experiment?: string;
  readonly free?: true;
  readonly powerCycle?: true;
  readonly kill?: true;
  readonly reconfigure?: true;
  readonly prepare?: true;
  readonly wait?: true;
  readonly waitTime?: string;
  readonly force?: true;
}

/** `reveille reboot`: restart what is on the nodes' disks. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .argument("[nodes...]", "the nodes: pc1 pc[2-9,12], @GROUP, @file:PATH, - for stdin")
    .option("-e, --experiment <proj/exp>", "all nodes of an experiment")
    .option("--free", "all free nodes (admins)")
    .option("-f, --power-cycle", "power cycle at once, instead of asking the nodes to restart first")
    .option("-k, --kill", "power cycle a node that waits in PXE, instead of waking it")
    .option("-c, --reconfigure", "first try to reconfigure the running OS (30 s); if that fails, reboot")
    .option("--prepare", "run the node's prepare hook before it goes down")
    .option("-w, --wait", "wait until the nodes report that they are up")
    .option("--wait-time <seconds>", "how long to wait for that; implies --wait (default: the type's, usually 360)")
    .option("--force", "include nodes whose type is not rebootable, and those in a load that was begun with --no-wait");
  declareOperationFlags(command)
    .addHelpText("after", examples)
    .action(async (nodes: string[], flags: RebootFlags) => {
      const { runOperation } = await import("../operation/run-operation.ts");
      const { rebootArgsOf } = await import("../operation/args/reboot-args.ts");
      await runOperation(surroundings, {
        verb: "reboot",
        selection: { nodes, experiment: flags.experiment, isFree: flags.free },
        ownArgs: () => rebootArgsOf(flags),
        destructiveDeed: flags.powerCycle ? "power cycle" : "reboot",
        flags,
      });
    });
}

const examples = `
Examples:
  reveille reboot pc1 pc[2-9,12]             reboot ten nodes, by ssh where they answer
  reveille reboot -e proj/exp --wait         reboot an experiment and wait until it is up
  reveille reboot 'pc[1-40]' '!pc7' -f --yes power cycle 39 nodes without being asked
  reveille reboot @file:nodes.txt --async    print the operation's id and return`;
