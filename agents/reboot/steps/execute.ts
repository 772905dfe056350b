import type { Observation } from "../ladder/observation.ts";
import type { Step } from "../ladder/step.ts";
import { type NodeContext, livenessTargetOf } from "../node-context.ts";
import { awaitBoot } from "./await-boot.ts";
import { awaitDown } from "./await-down.ts";
import { awaitSubnodes } from "./await-subnodes.ts";
import { fire } from "./fire.ts";
import { fireOnce, readPower, switchPower } from "./power.ts";
import { wake } from "./wake.ts";
import { prepare, rebootOnHost, reconfigure, sshReboot } from "./ssh.ts";

type DoStep = Extract<Step, { kind: "do" }>;

/** Carries one step out and says what came of it. Rejects when the run is taken away or, in a step that may be left, cancelled. */
export async function execute(step: DoStep, context: NodeContext): Promise<Observation> {
  const { tools, run, settings } = context;
  switch (step.step) {
    case "await-subnodes":
      return awaitSubnodes(context);
    case "look-up-state": {
      const latest = await tools.states.latest(run.node);
      const { state = null, id: reportId = 0, bootId = null } = latest ?? {};
      return { step: "look-up-state", state, reportId, bootId };
    }
    case "wake":
      return wake(context);
    case "probe": {
      const { probeTries: tries, probeWithinMs: withinMs } = settings;
      const options = { tries, withinMs, signal: run.leaveSignal };
      return { step: "probe", isAnswering: await tools.liveness.isAnswering(livenessTargetOf(context), options) };
    }
    case "read-power":
      return readPower(context);
    case "reconfigure":
      return reconfigure(context);
    case "prepare":
      return prepare(context);
    case "ssh-reboot":
      return sshReboot(context);
    case "diag":
      return diag(context);
    case "take-turn":
      return {
        step: "take-turn",
        waitMs: run.circuitLimit ? (await tools.turns.book(run.circuitLimit, "start")).waitMs : 0,
      };
    case "power-off":
      return switchPower(context, "off");
    case "power-on":
      return switchPower(context, "on");
    case "fire":
      return fireOnce(context, step.command);
    case "reboot-on-host":
      return rebootOnHost(context);
    case "await-boot":
      return awaitBoot(context);
  }
}

/** Interrupts the node's CPU, and waits for it to go down. Sent once; after a take-over only its effect is awaited. */
async function diag(context: NodeContext): Promise<Observation> {
  if (!context.isResumed) {
    const fired = await fire(context, "diag");
    if (fired.kind === "failed") return { step: "diag", wentDown: null, detail: fired.failure.detail };
  }
  return { step: "diag", wentDown: await awaitDown(context, context.settings.diagSilencePolls) };
}
