import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeResult, hasShape } from "../../../../contracts/index.ts";
import { evidenceOf, resultOf } from "../../../../agents/reboot/ladder/result.ts";
import { answers, isUp, readsOff, readsOn, ssh, state, wentOff, wentOn } from "./seen.ts";

const times = { startedAt: "2030-01-02T03:04:05.000Z", finishedAt: "2030-01-02T03:04:06.000Z" };

test("a power cycle's evidence is what was read back, in order", () => {
  assert.deepEqual(evidenceOf([readsOn, wentOff, wentOn]), { powerReadBack: ["on", "off", "on"] });
  assert.deepEqual(evidenceOf([readsOff, wentOn]), { powerReadBack: ["off", "on"] });
});

test("what was not confirmed is no evidence", () => {
  const failure = { reason: "power-not-confirmed", detail: "still reads on" } as const;
  const seen = [readsOn, { step: "power-off", isConfirmed: false, failure, mayHaveFired: true }] as const;
  assert.deepEqual(evidenceOf(seen), { powerReadBack: ["on"] });
});

test("a silence is told by its misses, a new boot by its id", () => {
  assert.deepEqual(evidenceOf([state("ISUP"), answers, ssh.silence]), { missedProbes: 3 });
  assert.deepEqual(evidenceOf([state("ISUP"), answers, ssh.newBoot]), { bootId: "b-new" });
});

test("an awaited boot is told by who reported it and its boot id", () => {
  assert.deepEqual(evidenceOf([ssh.silence, isUp]), { missedProbes: 3, bootId: "b-new", reportedBy: "address" });
});

test("a result has the contract's shape, with its status from its outcome", () => {
  const ending = { outcome: "indeterminate", reason: "outcome-unknown", phase: "power", detail: "who knows" } as const;
  const result = resultOf(ending, [readsOn], times);
  assert.ok(hasShape(NodeResult, result));
  assert.deepEqual(result, { status: 1, ...ending, attempts: 1, evidence: { powerReadBack: ["on"] }, ...times });
});

test("without observations there is no evidence", () => {
  const ending = { outcome: "succeeded", reason: "woken-up", phase: "wakeup", via: "wakeup" } as const;
  assert.deepEqual(resultOf(ending, [], times), { status: 0, ...ending, attempts: 1, ...times });
});
