import { setTimeout as sleep } from "node:timers/promises";
import {
  type NodeResult,
  type RebootArgs,
  type PowerArgs,
  type StepEvent,
  settingsWith,
  statusOf,
  hasShape,
} from "../../contracts/index.ts";
import { isUnreachable } from "../../infra/db/index.ts";
import { NodePower, type PowerDrivers, type WayOptions, wayOf } from "../../infra/power/index.ts";
import type { DriveOptions } from "../runtime/acting-agent.ts";
import { type EarlyEnding, tooManyFailures } from "../runtime/early-ending.ts";
import type { HeldRun } from "../runtime/worker.ts";
import { type Observation, type StepName, seenOf } from "./ladder/observation.ts";
import { guestResultOf, resultOf } from "./ladder/result.ts";
import { type Step, lookingSteps, phaseOfStep } from "./ladder/step.ts";
import { ladderOf } from "./ladder-of-run.ts";
import { type NodeContext, type RebootTools, RunLostError } from "./node-context.ts";
import { type Progress, progressOf } from "./progress.ts";
import { NotBegunError } from "./ssh-clients.ts";
import { execute } from "./steps/execute.ts";
import { firingWindowMs } from "./steps/fire.ts";

export interface RebootDriveOptions extends DriveOptions {
  readonly tools: RebootTools;
  readonly drivers: PowerDrivers;
}

/** A turn that comes sooner is not worth giving the run back for, milliseconds. */
const worthPostponingMs = 20;

/**
 * Drives one node from where its progress stands to its result: asks the ladder, carries out the step, remembers what
 * was seen. Before a step that acts, the ledger knows that it was begun. Rejects with the signal's reason when the run is
 * taken away, and when the ledger cannot be reached: its progress then stands in the ledger. Any other fault is the node's
 * result, and is thrown on to be logged.
 */
export async function driveNode(run: HeldRun, options: RebootDriveOptions): Promise<void> {
  const recorded = progressOf(run.progress, new Date().toISOString());
  const settings = settingsWith(run.settings);
  const power = powerOf(run, options.drivers, { order: settings.powerOrder, seen: recorded.seen });
  try {
    await climb(run, { ...options, recorded, settings, power });
  } finally {
    power?.driver.release(power.target);
  }
}

interface ClimbOptions extends RebootDriveOptions {
  readonly recorded: Progress;
  readonly settings: NodeContext["settings"];
  readonly power: NodeContext["power"];
}

async function climb(run: HeldRun, options: ClimbOptions): Promise<void> {
  const { tools, write, tell, recorded, settings, power } = options;
  const args = run.operation.args as Partial<RebootArgs & PowerArgs>;
  const nextStep = ladderOf(run, args, power);
  const { startedAt } = recorded;
  const seen: Observation[] = [...recorded.seen];
  let bootDeadlineAt = recorded.bootDeadlineAt;
  let resumed = recorded.begun;

  const finish = async (result: NodeResult): Promise<void> => {
    const { op, node, fence } = run;
    const guests = run.operation.hasGuests ? { guestResult: guestResultOf(result) } : {};
    await write({ op, node, fence, state: "done", result, ...guests });
  };
  const unfinished = (ending: EarlyEnding): NodeResult => ({
    status: statusOf(ending.outcome),
    ...ending,
    attempts: seen.length > 0 ? 1 : 0,
    startedAt,
    finishedAt: new Date().toISOString(),
  });
  const progressWith = (begun?: Progress["begun"]): Progress => ({
    startedAt,
    seen,
    ...(begun ? { begun } : {}),
    ...(bootDeadlineAt ? { bootDeadlineAt } : {}),
  });
  const save = async (state: "leased" | "firing", begun: Progress["begun"], stampsPower = false): Promise<number> => {
    const { op, node, fence } = run;
    const progress = progressWith(begun);
    const { took, sentAtMs } = await write({
      op,
      node,
      fence,
      state,
      progress,
      ...(stampsPower ? { stampsPower } : {}),
    });
    if (!took) throw new RunLostError(`the run of ${node} is another replica's by now`);
    return sentAtMs;
  };
  const postpone = async (postponeMs: number): Promise<void> => {
    const { op, node, fence } = run;
    await write({ op, node, fence, state: "queued", progress: progressWith(), postponeMs });
    options.onPostponed(postponeMs);
  };

  /** The wave has met too many failures, and this node was not touched yet: it may have waited for its turn since. */
  const isStopped = () =>
    resumed === undefined && seen.every(({ step }) => leavesAlone(step)) && options.isOverFailures(run.op);

  // Whoever said `firing` may still send until its window is over.
  if (run.wasFiring) await sleep(firingWindowMs, undefined, { signal: run.signal });
  for (;;) {
    // A replica that stops leaves what it has just seen to the next one; lost runs have nobody here to write for them.
    if (run.isLetGo) {
      if (!run.lostSignal.aborted && seen.length > recorded.seen.length) await save("leased", undefined);
      run.signal.throwIfAborted();
    }
    const step = nextStep(seen);
    if (step.kind === "end") {
      await finish(resultOf(step.ending, seen, { startedAt, finishedAt: new Date().toISOString() }));
      return;
    }
    if (isStopped()) {
      await finish(unfinished(tooManyFailures));
      return;
    }
    const isResumed = resumed === step.step;
    if (run.earlyEnding && (isResumed ? mayLeaveIn(step) : mayLeaveBefore(step, seen))) {
      await finish(unfinished(run.earlyEnding));
      return;
    }
    if (step.step === "await-boot") {
      const waitMs = (args.waittime ?? settings.waitTimeS) * 1_000;
      bootDeadlineAt ??= new Date(Date.now() + waitMs).toISOString();
    }
    const isLooking = lookingSteps.has(step.step);
    if (!isLooking && !isResumed && !saysFiringItself(step)) await save("leased", step.step);
    if (!isLooking || args.debug) tell(run, eventOf(run, step));
    let mayHaveFired = isResumed && saysFiringItself(step);
    const context: NodeContext = {
      run,
      settings,
      tools,
      power,
      seen,
      isResumed,
      isStopped,
      bootDeadlineAtMs: bootDeadlineAt ? Date.parse(bootDeadlineAt) : 0,
      sayFiring: ({ stampsPower }) => {
        mayHaveFired = true;
        return save("firing", step.step, stampsPower);
      },
      takeBackFiring: async () => {
        mayHaveFired = false;
        await save("leased", undefined);
      },
    };
    resumed = undefined;
    try {
      const beganAtMs = performance.now();
      const observation = await execute(step, context);
      options.observeStep(step.step, (performance.now() - beganAtMs) / 1_000);
      seen.push(observation);
      if (observation.step === "take-turn" && observation.waitMs > worthPostponingMs && !isStopped()) {
        await postpone(observation.waitMs);
        return;
      }
    } catch (error) {
      run.signal.throwIfAborted();
      if (error instanceof RunLostError || isUnreachable(error)) throw error;
      if (run.earlyEnding && (mayLeaveIn(step) || error instanceof NotBegunError)) {
        await finish(unfinished(run.earlyEnding));
        return;
      }
      if (error instanceof NotBegunError && isStopped()) {
        await finish(unfinished(tooManyFailures));
        return;
      }
      // A fault of ours would be met again by whoever took the run over: the node ends with it.
      const detail = error instanceof Error ? error.message : String(error);
      const fault = unfinished({ outcome: mayHaveFired ? "indeterminate" : "failed", reason: "agent-fault", detail });
      await finish({ ...fault, phase: phaseOfStep[step.step] });
      throw error;
    }
  }
}

/** Steps that come before a node is touched, and do not touch it. */
function leavesAlone(step: StepName): boolean {
  return lookingSteps.has(step) || step === "await-subnodes" || step === "take-turn";
}

/** Steps that may be left in their midst: they change nothing. */
function mayLeaveIn({ step }: Extract<Step, { kind: "do" }>): boolean {
  return leavesAlone(step) || step === "await-boot";
}

/** Power actions are written as `firing` by themselves, right before they leave. */
function saysFiringItself(step: Extract<Step, { kind: "do" }>): boolean {
  return step.step === "power-off" || step.step === "power-on" || step.step === "fire" || step.step === "diag";
}

/** A node that was switched off for a power cycle is switched on again before anything may end its run. */
function mayLeaveBefore(step: Extract<Step, { kind: "do" }>, seen: readonly Observation[]): boolean {
  return step.step !== "power-on" || seenOf(seen, "power-off") === undefined;
}

function powerOf(
  { node, power }: HeldRun,
  drivers: PowerDrivers,
  { order, seen }: { readonly order: WayOptions["order"]; readonly seen: readonly Observation[] },
): NodeContext["power"] {
  if (!hasShape(NodePower, power)) return undefined;
  const read = seenOf(seen, "read-power");
  return wayOf(drivers, { node, power }, { order, only: read && "by" in read ? read.by : undefined });
}

function eventOf(run: HeldRun, step: Extract<Step, { kind: "do" }>): StepEvent {
  return {
    kind: "step",
    node: run.node,
    at: new Date().toISOString(),
    phase: phaseOfStep[step.step],
    step: step.step,
    attempt: 1,
  };
}
