import type { Command } from "commander";
import { type OperationFlags, declareOperationFlags, gather } from "../operation/flags.ts";
import type { Surroundings } from "../surroundings.ts";

interface ReloadFlags extends OperationFlags {
  readonly experiment?: string;
  readonly image?: readonly string[];
  /** False with `--no-wait`. */
  readonly wait: boolean;
  readonly booted?: true;
  readonly waitTime?: string;
  /** False with `--no-reboot`. */
  readonly reboot: boolean;
  readonly zeroFree?: true;
  readonly prepare?: true;
}

/** `reveille reload`: write images to the nodes' disks, then boot them. */
export function declare(command: Command, surroundings: Surroundings): void {
  command
    .argument("[nodes...]", "the nodes: pc1 pc[2-9,12], @GROUP, @file:PATH, - for stdin")
    .option("-e, --experiment <proj/exp>", "all nodes of an experiment")
    .option(
      "-i, --image <image>",
      "what to load; given again, several in this order, and the last one boots (default: the type's)",
      gather,
    )
    .option("-s, --no-wait", "begin the loads and return; until they are done, the nodes are busy to reboot and power")
    .option("-b, --booted", "wait until the nodes report that they are up, too")
    .option("--wait-time <seconds>", "how long to wait for that; implies --booted (default: the type's, usually 360)")
    .option("-r, --no-reboot", "set everything up; the nodes load when you reboot them")
    .option("--zero-free", "zero what the images do not use")
    .option("--prepare", "wipe stale partition tables and RAID metadata first (always so for the default image)");
  declareOperationFlags(command)
    .addHelpText("after", examples)
    .action(async (nodes: string[], flags: ReloadFlags) => {
      const { runOperation } = await import("../operation/run-operation.ts");
      const { reloadArgsOf } = await import("../operation/args/reload-args.ts");
      await runOperation(surroundings, {
        verb: "reload",
        selection: { nodes, experiment: flags.experiment },
        ownArgs: () => reloadArgsOf(flags),
        destructiveDeed: "write to the disks of",
        flags,
      });
    });
}

const examples = `
Examples:
  reveille reload pc1 pc[2-9,12] -i debian-12   load ten nodes and wait until each disk is written
  reveille reload -e proj/exp --booted          the default image, and wait until the nodes are up
  reveille reload pc7 -i debian-12 -i home      two images in this order; the last decides what boots
  reveille reload 'pc[1-40]' -s --yes           begin the loads and return`;
