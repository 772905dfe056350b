import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeResult, hasShape } from "../../../../contracts/index.ts";
import { busyResult, unstartedResult } from "../../../../agents/runtime/commands/unstarted-result.ts";

const now = "2030-01-02T03:04:05.678Z";

test("a busy node's result names the holder, if there still is one", () => {
  const held = busyResult("f".repeat(32), now);
  assert.ok(hasShape(NodeResult, held));
  assert.deepEqual([held.status, held.outcome, held.evidence?.holder], [1, "busy", "f".repeat(32)]);
  assert.equal(busyResult(null, now).evidence, undefined);
});

test("a run that never began has no attempt", () => {
  const result = unstartedResult("cancelled", "cancelled-by-user", now);
  assert.ok(hasShape(NodeResult, result));
  assert.deepEqual([result.attempts, result.startedAt, result.finishedAt], [0, now, now]);
});
