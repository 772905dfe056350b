import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeResult, OpId, hasShape, parseJson, querySchemasOf } from "../../contracts/index.ts";

test("broken JSON is a value, not an exception", () => {
  for (const text of ["", "{", "nul", "{'a':1}", '{"a":1}x', "\u0000"])
    assert.deepEqual(parseJson(text), { ok: false });
  assert.deepEqual(parseJson(' {"a":[1]} '), { ok: true, value: { a: [1] } });
  assert.deepEqual(parseJson("null"), { ok: true, value: null });
});

test("a hundred thousand brackets are parsed or refused, but do not end the process", () => {
  const parsed = parseJson("[".repeat(100_000) + "]".repeat(100_000));
  assert.ok(!parsed.ok || !hasShape(NodeResult, parsed.value));
});

test("a key named __proto__ is data, and reaches no prototype", () => {
  const parsed = parseJson('{"__proto__":{"status":0}}');
  assert.ok(parsed.ok);
  assert.ok(!hasShape(NodeResult, parsed.value));
  assert.equal(({} as { status?: number }).status, undefined);
});

test("a shape is checked whole", () => {
  assert.ok(hasShape(OpId, "0".repeat(32)));
  assert.ok(!hasShape(OpId, `x${"0".repeat(32)}`));
});

test("an answer's results are keyed by nodes' names alone", () => {
  const { answer } = querySchemasOf("operation");
  const at = "2025-01-01T00:00:00.000Z";
  const result = { status: 0, outcome: "succeeded", reason: "isup", attempts: 1, startedAt: at, finishedAt: at };
  const operation = {
    op: "0".repeat(32),
    verb: "reboot",
    user: "alice",
    state: "running",
    cancelRequested: false,
    nodeCount: 1,
    doneCount: 1,
    failedCount: 0,
    createdAt: at,
  };
  assert.ok(hasShape(answer, { operation, results: { pc1: result }, asOf: at }));
  assert.ok(!hasShape(answer, { operation, results: { "pc1;ls": result }, asOf: at }));
  assert.ok(!hasShape(answer, { operation, results: { pc1: 0 }, asOf: at }));
});
