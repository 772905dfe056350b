import type { PowerArgs, RebootArgs } from "../../contracts/index.ts";
import type { HeldRun } from "../runtime/worker.ts";
import type { Observation } from "./ladder/observation.ts";
import { nextPowerStep } from "./ladder/power-ladder.ts";
import { nextRebootStep } from "./ladder/reboot-ladder.ts";
import type { Step } from "./ladder/step.ts";
import type { NodeContext } from "./node-context.ts";

/** The ladder that a run climbs: its verb's, with what its command and its node decide put in. */
export function ladderOf(
  run: HeldRun,
  args: Partial<RebootArgs & PowerArgs>,
  power: NodeContext["power"],
): (seen: readonly Observation[]) => Step {
  if (run.operation.verb === "power") {
    const plan = { action: args.action ?? "status", raw: args.raw ?? false, isPaced: run.circuitLimit !== null };
    return (seen) => nextPowerStep(plan, seen);
  }
  const { powercycle = false, killmode = false, reconfig = false, prepare = false, waitmode = false } = args;
  const plan = {
    powercycle,
    killmode,
    reconfig,
    prepare,
    waitmode,
    isVirtual: run.host !== null,
    hasSubnodes: run.hasSubnodes,
    isPaced: run.circuitLimit !== null,
    canSsh: run.sshHostKey !== null,
    canDiag: power?.driver.supports(power.target, "diag") ?? false,
  };
  return (seen) => nextRebootStep(plan, seen);
}
