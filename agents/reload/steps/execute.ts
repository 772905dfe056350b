import type { Observation } from "../ladder/observation.ts";
import { seenOf } from "../ladder/observation.ts";
import type { Step } from "../ladder/step.ts";
import type { NodeContext } from "../node-context.ts";
import { arm, checkImages, conclude } from "./arm.ts";
import { awaitBoot, awaitLoad, awaitStart } from "./follow.ts";
import { reboot } from "./reboot.ts";

type DoStep = Extract<Step, { kind: "do" }>;

/** Carries one step out and says what came of it. Rejects when the run is taken away or, in a step that may be left, cancelled. */
export async function execute(step: DoStep, context: NodeContext): Promise<Observation> {
  const { run, tools, seen } = context;
  switch (step.step) {
    case "check-images":
      return checkImages(context);
    case "look-up-state": {
      const { id: reportId = 0, bootId = null } = (await tools.states.latest(run.node)) ?? {};
      return { step: "look-up-state", reportId, bootId };
    }
    case "arm":
      return arm(context);
    case "reboot":
      return reboot(context);
    case "await-start":
      return awaitStart(context);
    case "await-load":
      return awaitLoad(context);
    case "conclude":
      return conclude(context);
    case "await-boot":
      return awaitBoot(context);
    case "disarm": {
      const armed = seenOf(seen, "arm");
      if (armed) await tools.loads.disarm({ node: run.node, loadId: armed.loadId });
      return { step: "disarm" };
    }
    case "retry":
      return { step: "retry", after: step.after };
  }
}
