import { setTimeout as sleep } from "node:timers/promises";
import { type StateChange, isResultReason, reasonTable, settingsWith } from "../../contracts/index.ts";
import type { FailureReason, NodeResult, SuccessReason } from "../../contracts/index.ts";
import type { ChildEnd } from "../runtime/commands/child-operations.ts";
import { type Observation, type ObservedStep, type Seen, attemptsOf, lastOf } from "./ladder/observation.ts";
import type { NodeContext } from "./node-context.ts";

/** Between two looks at how a host's own run stands, milliseconds. */
const lookAtHostEveryMs = 500;

/** Carries out one step. Rejects with the signal's reason when the run is taken away or cancelled in a step that may be left. */
export const execute: Readonly<Record<ObservedStep, (context: NodeContext) => Promise<Observation>>> = {
  "await-host": awaitHost,
  "note-state": noteState,
  ask,
  "await-up": awaitUp,
  "look-whether-doomed": async ({ run, tools }) => ({
    step: "look-whether-doomed",
    isDoomed: await tools.isDoomed(run.op),
  }),
};

async function awaitHost({ run, plan, tools }: NodeContext): Promise<Observation> {
  for (;;) {
    const status = plan.after === undefined ? undefined : await tools.hostStatus(run.op, plan.after);
    if (status !== null) return { step: "await-host", isUp: status !== 1 };
    await sleep(lookAtHostEveryMs, undefined, { signal: run.leaveSignal });
  }
}

/** From here on a report counts as new: noted before anything is done, so that a short state is not missed. */
async function noteState({ run, tools }: NodeContext): Promise<Observation> {
  const latest = await tools.states.latest(run.node);
  return {
    step: "note-state",
    reportId: latest?.id ?? 0,
    bootId: latest?.bootId ?? null,
    at: new Date().toISOString(),
  };
}

/** Asks for what the plan says; the second time for a plain reboot. Nodes that need the same go in one command. */
async function ask(context: NodeContext): Promise<Observation> {
  const { run, plan, tools, seen } = context;
  const nth = attemptsOf(seen) + 1;
  const shared = { parentOp: run.op, node: run.node, mayExist: run.fence > 1 };
  const isFirst = nth === 1;
  const child =
    isFirst && plan.action === "reload"
      ? await tools.children.ask(
          // Each step of a load has a limit, which the reload agent keeps; one over them all would be shorter or say nothing.
          { ...shared, verb: "reload", args: { images: [plan.image], waitmode: "reloaded" }, nth },
          run,
        )
      : await tools.children.ask(
          // Reboots are counted by themselves: the one after a reload is the first.
          {
            ...shared,
            verb: "reboot",
            args: rebootArgsOf(context, isFirst),
            nth: plan.action === "reload" ? nth - 1 : nth,
            withinS: settingsWith(run.settings).restartS,
          },
          run,
        );
  return { step: "ask", childOp: child.op, at: new Date().toISOString(), end: endOf(child) };
}

function rebootArgsOf({ plan }: NodeContext, isFirst: boolean): { readonly reconfig?: true } {
  return isFirst && plan.action === "reconfigure" ? { reconfig: true } : {};
}

function endOf(end: ChildEnd): Seen<"ask">["end"] {
  if (end.kind === "refused") {
    const detail = `refused by the agent that was asked: ${end.reason}: ${end.detail}`;
    return { kind: "failed", reason: "child-refused", isCancelled: false, detail };
  }
  const { status, outcome, reason, via = null, detail } = end.result;
  if (status === 0 && isSuccess(reason)) return { kind: "done", reason, via };
  const isCancelled = outcome === "cancelled";
  return { kind: "failed", reason: failureOf(reason), isCancelled, ...(detail === undefined ? {} : { detail }) };
}

function isSuccess(reason: NodeResult["reason"]): reason is SuccessReason {
  return reasonTable[reason].scope === "success";
}

function failureOf(reason: NodeResult["reason"]): FailureReason {
  return !isResultReason(reason) || isSuccess(reason) ? "outcome-unknown" : reason;
}

/** Waits until the node reports from a new boot that it is up; after a load, from a boot that followed what was loaded. */
async function awaitUp({ run, plan, tools, seen, upUntilMs }: NodeContext): Promise<Observation> {
  const before = lastOf(seen, "note-state");
  let isLoaded = !(plan.action === "reload" && attemptsOf(seen) === 1);
  const accept = (change: StateChange): Seen<"await-up"> | undefined => {
    if (change.state === "RELOADDONE") isLoaded = true;
    if (!isLoaded) return undefined;
    const report = { step: "await-up", bootId: change.bootId ?? null, at: change.reportedAt } as const;
    if (change.state === "TBFAILED") return { ...report, seen: "failed" };
    const isOldBoot = change.bootId !== undefined && change.bootId === before?.bootId;
    return change.state === "ISUP" && !isOldBoot ? { ...report, seen: "isup" } : undefined;
  };
  const options = { afterId: before?.reportId ?? 0, deadlineAtMs: upUntilMs, signal: run.leaveSignal };
  const seenUp = await tools.states.waitFor(run.node, accept, options);
  return seenUp ?? { step: "await-up", seen: "silence", bootId: null, at: new Date().toISOString() };
}
