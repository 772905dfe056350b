import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Observation } from "../../../../agents/setup/ladder/observation.ts";
import { resultOf } from "../../../../agents/setup/ladder/result.ts";
import { nextStep } from "../../../../agents/setup/ladder/setup-ladder.ts";
import type { NodePlan } from "../../../../agents/setup/plan.ts";
import { NodeResult, hasShape, retryOf } from "../../../../contracts/index.ts";

const shared = { isNonfatal: false, waitS: 60 };
const reload: NodePlan = { ...shared, action: "reload", image: "base" };
const reboot: NodePlan = { ...shared, action: "reboot" };
const reconfigure: NodePlan = { ...shared, action: "reconfigure" };
const guest: NodePlan = { ...reboot, after: "pc1" };

const at = "2030-01-02T03:04:05.678Z";
const childOp = "c".repeat(32);
const noted: Observation = { step: "note-state", reportId: 7, bootId: "b0", at };
const done: Observation = { step: "ask", childOp, at, end: { kind: "done", reason: "image-loaded", via: null } };
const fitted: Observation = {
  step: "ask",
  childOp,
  at,
  end: { kind: "done", reason: "reconfigured", via: "reconfigure" },
};
const failed: Observation = {
  step: "ask",
  childOp,
  at,
  end: { kind: "failed", reason: "image-file-missing", isCancelled: false, detail: "base.img is not there" },
};
const cancelled: Observation = {
  step: "ask",
  childOp,
  at,
  end: { kind: "failed", reason: "cancelled-by-user", isCancelled: true },
};
const up: Observation = { step: "await-up", seen: "isup", bootId: "b1", at };
const silent: Observation = { step: "await-up", seen: "silence", bootId: null, at };
const broken: Observation = { step: "await-up", seen: "failed", bootId: "b1", at };
const hopeful: Observation = { step: "look-whether-doomed", isDoomed: false };
const doomed: Observation = { step: "look-whether-doomed", isDoomed: true };
const hostUp: Observation = { step: "await-host", isUp: true };
const hostDown: Observation = { step: "await-host", isUp: false };

/** The next step, or how the node ends: `outcome reason attempts retry`. */
function next(plan: NodePlan, seen: readonly Observation[]): string {
  const step = nextStep(plan, seen);
  if (step.kind === "do") return step.step;
  const result = resultOf(step.ending, plan, seen, { startedAt: at, finishedAt: at });
  assert.ok(hasShape(NodeResult, result), JSON.stringify(result));
  return [result.outcome, result.reason, result.attempts, retryOf([result]) ?? ""].join(" ").trim();
}

describe("a node's setup", () => {
  const cases: readonly (readonly [string, NodePlan, readonly Observation[], string])[] = [
    ["of a node that runs its OS has nothing to do", { ...shared, action: "none" }, [], "succeeded os-running 0"],
    ["notes the last report before anything is done", reload, [], "note-state"],
    ["then asks for what the plan says", reload, [noted], "ask"],
    ["waits for ISUP after a load", reload, [noted, done], "await-up"],
    ["ends with ISUP", reload, [noted, done, up], "succeeded isup 1"],
    [
      "does not wait for the boot of an OS that was reconfigured",
      reconfigure,
      [noted, fitted],
      "succeeded reconfigured 1",
    ],
    [
      "does not wait for a node whose load failed, nor tries it again",
      reload,
      [noted, failed],
      "failed image-file-missing 1 futile",
    ],
    ["ends cancelled with the child that was", reload, [noted, cancelled], "cancelled cancelled-by-user 1 futile"],
    ["asks whether all is lost before it tries again", reload, [noted, done, silent], "look-whether-doomed"],
    ["does not try again once it is", reload, [noted, done, silent, doomed], "failed boot-timeout 1 may-help"],
    ["tries again once otherwise, from a new note", reload, [noted, done, silent, hopeful], "note-state"],
    ["with a second restart", reload, [noted, done, silent, hopeful, noted], "ask"],
    ["that helps", reload, [noted, done, silent, hopeful, noted, done, up], "succeeded isup 2"],
    [
      "and never a third time",
      reload,
      [noted, done, silent, hopeful, noted, done, broken],
      "failed boot-failed 2 may-help",
    ],
    [
      "that the second restart cannot even begin ends there",
      reboot,
      [noted, done, broken, hopeful, noted, failed],
      "failed image-file-missing 2 futile",
    ],
    ["of a virtual node waits for its host", guest, [], "await-host"],
    ["and goes on when that is up", guest, [hostUp], "note-state"],
    ["and ends with it when that is not", guest, [hostDown], "failed host-failed 0 may-help"],
  ];
  for (const [title, plan, seen, wanted] of cases) test(title, () => assert.equal(next(plan, seen), wanted));
});

test("what its experiment does without is told in the result, and decides nothing", () => {
  const plan: NodePlan = { ...reload, isNonfatal: true };
  const step = nextStep(plan, [noted, failed]);
  assert.ok(step.kind === "end");
  const result = resultOf(step.ending, plan, [noted, failed], { startedAt: at, finishedAt: at });
  assert.deepEqual([result.status, result.isNonfatal, result.evidence?.childOp], [1, true, childOp]);
  assert.equal(retryOf([result]), undefined);
});
