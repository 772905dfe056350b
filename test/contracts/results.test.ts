import assert from "node:assert/strict";
import { test } from "node:test";
import {
  NodeResult,
  type Outcome,
  codeOf,
  detachedExitStatus,
  exitStatusOf,
  hasShape,
  outcomes,
  refusedCode,
  statusOf,
  unknownExitStatus,
} from "../../contracts/index.ts";

const at = "2025-01-01T00:00:00.000Z";

function resultOf(outcome: Outcome): NodeResult {
  return { status: statusOf(outcome), outcome, reason: "isup", attempts: 1, startedAt: at, finishedAt: at };
}

test("succeeded and not-applicable have status 0, every other outcome 1", () => {
  assert.deepEqual(
    outcomes.filter((outcome) => statusOf(outcome) === 0),
    ["succeeded", "not-applicable"],
  );
});

test("skipped, denied, busy and cancelled nodes count as failures", () => {
  assert.equal(codeOf(outcomes.map(resultOf)), outcomes.length - 2);
});

test("the code is the number of nodes that did not succeed, beyond what an exit status can hold", () => {
  const failing = Array.from({ length: 300 }, () => resultOf("failed"));
  assert.equal(codeOf([...failing, resultOf("succeeded")]), 300);
  assert.equal(codeOf([]), 0);
});

test("a code becomes an exit status without losing its meaning", () => {
  const table: readonly (readonly [code: number, status: number])[] = [
    [0, 0],
    [1, 1],
    [5, 5],
    [249, 249],
    [250, 250],
    [251, 250],
    [256, 250],
    [300, 250],
    [512, 250],
    [100_000, 250],
    [refusedCode, 255],
  ];
  for (const [code, status] of table) assert.equal(exitStatusOf(code), status, String(code));
});

test("detached and unknown have exit statuses that no code has", () => {
  const taken = new Set(Array.from({ length: 1_000 }, (_, index) => exitStatusOf(index - 1)));
  assert.ok(!taken.has(detachedExitStatus));
  assert.ok(!taken.has(unknownExitStatus));
  assert.notEqual(detachedExitStatus, unknownExitStatus);
});

test("a result without an outcome, with another status or with a negative count is none", () => {
  const good = resultOf("failed");
  assert.ok(hasShape(NodeResult, good));
  assert.ok(!hasShape(NodeResult, { ...good, outcome: undefined }));
  assert.ok(!hasShape(NodeResult, { ...good, status: 2 }));
  assert.ok(!hasShape(NodeResult, { ...good, status: "1" }));
  assert.ok(!hasShape(NodeResult, { ...good, attempts: -1 }));
});
