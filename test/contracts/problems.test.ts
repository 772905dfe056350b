import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandEnvelope, PowerArgs, RebootArgs, hasShape, problemsOf } from "../../contracts/index.ts";

test("a fault is told with its place and what is wrong there", () => {
  assert.match(problemsOf(RebootArgs, { nodelist: ["pc1", "pc_2"] }), /^nodelist\/1 must match pattern /);
  assert.match(problemsOf(RebootArgs, { waittime: 0 }), /^waittime must be >= 1$/);
  assert.match(problemsOf(PowerArgs, { nodelist: ["pc1"] }), /must have required properties: action/);
  assert.match(problemsOf(PowerArgs, { action: "explode" }), /^action must be /);
  assert.equal(problemsOf(RebootArgs, { speed: 1 }), "the value must not have additional properties: speed");
  assert.match(problemsOf(CommandEnvelope, "reboot"), /^the value must be object/);
  assert.match(problemsOf(CommandEnvelope, null), /^the value must be object/);
  assert.match(problemsOf(CommandEnvelope, []), /^the value must/);
});

test("what a pattern means is told with it, where its schema says so", () => {
  assert.match(
    problemsOf(RebootArgs, { experiment: "demo" }),
    /^experiment must match pattern .*: project\/experiment$/,
  );
});

test("the branches of a union are told, not that none fits", () => {
  assert.match(problemsOf(RebootArgs, { maxFailures: "many" }), /^maxFailures must be integer; maxFailures must match/);
});

test("a long list of strangers is told by its first few, in few characters", () => {
  const strangers = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${index}`, 1]));
  assert.equal(
    problemsOf(RebootArgs, strangers),
    "the value must not have additional properties: key0, key1, key2 and 4997 more",
  );
  const told = problemsOf(RebootArgs, { ["k".repeat(900_000)]: 1 });
  assert.ok(told.length < 600, String(told.length));
});

test("a value of a megabyte is told of without holding up the agent", () => {
  const nodelist = Array.from({ length: 100_000 }, (_, index) => `n${index}`);
  assert.ok(!hasShape(RebootArgs, { nodelist }));
  const before = process.cpuUsage();
  assert.equal(problemsOf(RebootArgs, { nodelist }), "nodelist must not have more than 65536 items");
  const { user, system } = process.cpuUsage(before);
  // Typebox's own list of errors takes 1,800 ms here; this takes 90.
  assert.ok((user + system) / 1_000 < 900, `${(user + system) / 1_000} ms`);
});

test("something is said even where no fault can be named", () => {
  assert.notEqual(problemsOf(RebootArgs, { nodelist: ["pc1"] }), "");
});
