import type { NodeResult, Phase, StepEvent } from "../../contracts/index.ts";
import { type AllocationState, isUnreachable } from "../../infra/db/index.ts";
import type { DriveOptions } from "../runtime/acting-agent.ts";
import { tooManyFailures } from "../runtime/early-ending.ts";
import type { HeldRun } from "../runtime/worker.ts";
import type { Observation, ObservedStep } from "./ladder/observation.ts";
import { resultOf, unfinishedResult } from "./ladder/result.ts";
import { nextStep } from "./ladder/setup-ladder.ts";
import type { SetupTools } from "./node-context.ts";
import { type Progress, progressOf } from "./progress.ts";
import { execute } from "./steps.ts";

export interface SetupDriveOptions extends DriveOptions {
  readonly tools: SetupTools;
  readonly allocate: (run: HeldRun, state: AllocationState) => Promise<void>;
}

/** Thrown when a run turns out to be another replica's: nothing more is done for it here. */
class RunLostError extends Error {
  readonly code = "run-lost";
}

/** Steps that may be left in their midst when the operation ends early; a child ends with us, and its end is awaited. */
const leavable: ReadonlySet<ObservedStep> = new Set(["await-host", "note-state", "await-up", "look-whether-doomed"]);

const phaseOfStep: Readonly<Record<ObservedStep, Phase>> = {
  "await-host": "host",
  "note-state": "reboot",
  ask: "reboot",
  "await-up": "boot",
  "look-whether-doomed": "boot",
};

/**
 * Drives one node's setup from where its progress stands to its result. Each observation is in the ledger before the next
 * step begins, so that another replica goes on from it. Rejects with the signal's reason when the run is taken away.
 */
export async function driveNode(run: HeldRun, options: SetupDriveOptions): Promise<void> {
  const { tools, write, tell, allocate } = options;
  const recorded = progressOf(run.progress);
  const { plan, startedAt = new Date().toISOString() } = recorded;
  const seen: Observation[] = [...(recorded.seen ?? [])];
  let upUntil = recorded.upUntil;

  const finish = async (result: NodeResult): Promise<void> => {
    const { op, node, fence } = run;
    // A node that nobody touched is as it was.
    const wasTouched = seen.length > 0 || result.status === 0;
    if (wasTouched) await allocate(run, stateAfter(result));
    await write({ op, node, fence, state: "done", result });
  };
  const times = () => ({ startedAt, finishedAt: new Date().toISOString() });
  const save = async (): Promise<void> => {
    const { op, node, fence } = run;
    const progress: Progress = { plan, startedAt, seen, ...(upUntil === undefined ? {} : { upUntil }) };
    const { took } = await write({ op, node, fence, state: "leased", progress });
    if (!took) throw new RunLostError(`the run of ${node} is another replica's by now`);
  };

  if (seen.length === 0 && options.isOverFailures(run.op)) {
    await finish(unfinishedResult(tooManyFailures, { plan, seen, times: times() }));
    return;
  }
  for (;;) {
    run.signal.throwIfAborted();
    const step = nextStep(plan, seen);
    if (step.kind === "end") {
      await finish(resultOf(step.ending, plan, seen, times()));
      return;
    }
    if (run.earlyEnding && !isResumedChild(step.step, run)) {
      await finish(unfinishedResult(run.earlyEnding, { plan, seen, times: times() }));
      return;
    }
    if (seen.length === 0) await allocate(run, "setting-up");
    if (step.step === "await-up") upUntil = upUntil ?? new Date(Date.now() + plan.waitS * 1_000).toISOString();
    if (step.step === "note-state") upUntil = undefined;
    if (step.step === "ask") tell(run, eventOf(run, step.step, seen.length));
    const upUntilMs = upUntil === undefined ? 0 : Date.parse(upUntil);
    try {
      if (step.step === "await-up") await save();
      seen.push(await execute[step.step]({ run, plan, tools, seen, upUntilMs }));
      await save();
    } catch (error) {
      run.signal.throwIfAborted();
      if (error instanceof RunLostError || isUnreachable(error)) throw error;
      if (run.earlyEnding && leavable.has(step.step)) {
        await finish(unfinishedResult(run.earlyEnding, { plan, seen, times: times() }));
        return;
      }
      const detail = error instanceof Error ? error.message : String(error);
      const fault = { outcome: "failed", reason: "agent-fault", detail } as const;
      await finish(unfinishedResult(fault, { plan, seen, times: times() }));
      throw error;
    }
  }
}

/** A child that an earlier replica may have asked for is asked for again even if we end early: it ends then, and is not forgotten. */
function isResumedChild(step: ObservedStep, { fence }: HeldRun): boolean {
  return step === "ask" && fence > 1;
}

function stateAfter({ status, outcome }: NodeResult): AllocationState {
  if (status === 0) return "ready";
  return outcome === "cancelled" || outcome === "expired" ? "dirty" : "down";
}

function eventOf(run: HeldRun, step: ObservedStep, attempt: number): StepEvent {
  const phase = phaseOfStep[step];
  return { kind: "step", node: run.node, at: new Date().toISOString(), phase, step, attempt: attempt > 2 ? 2 : 1 };
}
