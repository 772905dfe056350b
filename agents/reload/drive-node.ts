import { type NodeEvent, type NodeResult, type ReloadArgs, settingsWith, statusOf } from "../../contracts/index.ts";
import { isUnreachable } from "../../infra/db/index.ts";
import type { DriveOptions } from "../runtime/acting-agent.ts";
import { type EarlyEnding, tooManyFailures } from "../runtime/early-ending.ts";
import type { HeldRun } from "../runtime/worker.ts";
import { isArmed, nextLoadStep } from "./ladder/load-ladder.ts";
import { type Observation, attemptOf } from "./ladder/observation.ts";
import { attemptsOf, resultOf } from "./ladder/result.ts";
import { type Step, leavableSteps, lookingSteps, phaseOfStep } from "./ladder/step.ts";
import { canShare, stageOf } from "./multicast/load-stage.ts";
import { type NodeContext, type ReloadTools, RunLostError } from "./node-context.ts";
import { createProgressTeller } from "./progress-events.ts";
import { progressOf } from "./progress.ts";
import { execute } from "./steps/execute.ts";

export interface LoadDriveOptions extends DriveOptions {
  readonly tools: ReloadTools;
}

/** Steps from which on a later replica must know what was seen: the node is being restarted, or told apart by it. */
const savedSteps: ReadonlySet<Observation["step"]> = new Set([
  "reboot",
  "await-start",
  "await-load",
  "conclude",
  "await-boot",
]);

type DoStep = Extract<Step, { kind: "do" }>;

/**
 * Drives one node's load from where its progress stands to its result: asks the ladder, carries out the step, remembers
 * what was seen. Every step may be taken again by a replica that takes the node over: what was asked of the reboot agent
 * is found again, and what the node reported stands in the boot agent's table. Rejects with the signal's reason when the
 * run is taken away, and when the ledger cannot be reached. Any other fault is the node's result, and is thrown on to be logged.
 */
export async function driveNode(run: HeldRun, options: LoadDriveOptions): Promise<void> {
  const { tools, write, tell, observeStep } = options;
  const { op, node, fence } = run;
  const args = run.operation.args as ReloadArgs;
  const { waitmode = "reloaded", noreboot = false } = args;
  const plan = { waitmode, noreboot };
  const { startedAt, seen: recorded } = progressOf(run.progress, new Date().toISOString());
  const seen: Observation[] = [...recorded];
  const tellProgress = createProgressTeller((event) => tell(run, event));
  const context: NodeContext = { run, args, settings: settingsWith(run.settings), tools, seen, tellProgress };

  const finish = async (result: NodeResult): Promise<void> => {
    await write({ op, node, fence, state: "done", result });
  };
  const unfinished = (ending: EarlyEnding, more: Partial<NodeResult> = {}): NodeResult => ({
    status: statusOf(ending.outcome),
    ...ending,
    attempts: attemptsOf(seen),
    startedAt,
    finishedAt: new Date().toISOString(),
    ...more,
  });
  const save = async (): Promise<void> => {
    const { took } = await write({ op, node, fence, state: "leased", progress: { startedAt, seen } });
    if (!took) throw new RunLostError(`the run of ${node} is another replica's by now`);
  };
  /** A load that is given up must not begin later, when somebody restarts the node for another reason. */
  const takeBack = async (): Promise<void> => {
    if (isArmed(seen)) seen.push(await execute({ kind: "do", step: "disarm" }, context));
  };
  const endEarly = async (ending: EarlyEnding): Promise<void> => {
    await takeBack();
    await finish(unfinished(ending));
  };

  if (seen.length === 0 && options.isOverFailures(op)) {
    await finish(unfinished(tooManyFailures));
    return;
  }
  for (;;) {
    run.signal.throwIfAborted();
    if (canShare(args)) tools.sessions?.tell(node, stageOf(seen));
    const step = nextLoadStep(plan, seen);
    if (step.kind === "end") {
      // A first attempt that is the last, too, has nobody at its console.
      const isShown = step.ending.outcome === "failed" && attemptOf(seen) > 1;
      const console = isShown ? await tools.consoles.tailOf({ op, node }, run.signal) : undefined;
      await finish(resultOf(step.ending, seen, { startedAt, finishedAt: new Date().toISOString(), console }));
      return;
    }
    if (run.earlyEnding && mayLeaveBefore(step)) return endEarly(run.earlyEnding);
    if (savedSteps.has(step.step)) await save();
    if (!lookingSteps.has(step.step) || args.debug) tell(run, stepEvent(run, step, seen));
    try {
      const beganAtMs = performance.now();
      seen.push(await execute(step, context));
      observeStep(step.step, (performance.now() - beganAtMs) / 1_000);
    } catch (error) {
      run.signal.throwIfAborted();
      if (error instanceof RunLostError || isUnreachable(error)) throw error;
      if (run.earlyEnding && leavableSteps.has(step.step)) return endEarly(run.earlyEnding);
      // A fault of ours would be met again by whoever took the run over: the node ends with it.
      const detail = error instanceof Error ? error.message : String(error);
      await finish(unfinished({ outcome: "failed", reason: "agent-fault", detail }, { phase: phaseOfStep[step.step] }));
      throw error;
    }
  }
}

/** A disk that is being written is waited for, and what is on it recorded; anything else need not be begun. */
function mayLeaveBefore({ step }: DoStep): boolean {
  return step !== "await-load" && step !== "conclude" && step !== "disarm";
}

function stepEvent(run: HeldRun, step: DoStep, seen: readonly Observation[]): NodeEvent {
  const detail = step.step === "retry" ? (step.after.detail ?? step.after.reason) : undefined;
  return {
    kind: "step",
    node: run.node,
    at: new Date().toISOString(),
    phase: phaseOfStep[step.step],
    step: step.step,
    attempt: attemptOf(seen),
    ...(detail === undefined ? {} : { detail }),
  };
}
