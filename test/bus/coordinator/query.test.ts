import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newOpId } from "../../../bus/coordinator/query.ts";
import { OpId, hasShape, subjectsOf } from "../../../contracts/index.ts";
import { ledgerAnswer, resultOf, startFakeLedger, startFakeRegistry } from "../../support/fake-agent.ts";
import { startTestBus, testSite } from "../../support/test-bus.ts";

describe("query", { concurrency: 4 }, () => {
  test("an answer is what the registry said, on an inbox of the query's own", async () => {
    await using bus = await startTestBus();
    const op = newOpId();
    const known = ledgerAnswer(op, 1, { pc1: resultOf("failed") });
    const registry = await startFakeLedger(bus, new Map([[op, known]]));
    const reply = await (await bus.coordinator("alice")).query("operation", { op });
    assert.deepEqual(reply, { ok: true, answer: known });
    const { to } = await registry.knock(1);
    assert.equal(to.user, "alice");
    assert.notEqual(to.op, op);
  });

  test("a refusal is a value with its reason", async () => {
    await using bus = await startTestBus();
    await startFakeLedger(bus, new Map());
    assert.deepEqual(await (await bus.coordinator("alice")).query("operation", { op: newOpId() }), {
      ok: false,
      reason: "operation-unknown",
      detail: "no such operation",
    });
  });

  test("no registry is known at once", async () => {
    await using bus = await startTestBus();
    const before = performance.now();
    const reply = await (await bus.coordinator("alice")).query("nodes", {});
    assert.ok(!reply.ok);
    assert.equal(reply.reason, "no-agent-listening");
    assert.ok(performance.now() - before < 3_000);
  });

  test("an answer of another shape is refused rather than believed", async () => {
    await using bus = await startTestBus();
    await startFakeRegistry(bus, ({ to }, say) => say.answer(to, { nodes: "all of them" }));
    const reply = await (await bus.coordinator("alice")).query("nodes", {});
    assert.ok(!reply.ok);
    assert.equal(reply.reason, "internal-error");
    assert.match(reply.detail, /query 'nodes'/);
  });

  test("a message that is no JSON is refused rather than thrown", async () => {
    await using bus = await startTestBus();
    const registry = await bus.join("registry");
    registry.subscribe(subjectsOf(testSite).query("*", "*"), {
      queue: "registry",
      callback: (_, message) => {
        message.respond("}{");
      },
    });
    await registry.flush();
    const reply = await (await bus.coordinator("alice")).query("nodes", {});
    assert.ok(!reply.ok);
    assert.equal(reply.reason, "internal-error");
  });

  test("silence is told as a lost answer", async () => {
    await using bus = await startTestBus();
    const registry = await startFakeRegistry(bus, () => undefined);
    const reply = await (await bus.coordinator("alice")).query("nodes", {});
    assert.ok(!reply.ok);
    assert.equal(reply.reason, "answer-lost");
    assert.equal(registry.heard.length, 1);
  });

  test("two hundred queries at once get each its own answer", async () => {
    await using bus = await startTestBus();
    await startFakeRegistry(bus, ({ to, args }, say) =>
      say.answer(to, ledgerAnswer((args as { op: string }).op, 1, {})),
    );
    const reveille = await bus.coordinator("alice");
    const ops = Array.from({ length: 200 }, newOpId);
    const replies = await Promise.all(ops.map((op) => reveille.query("operation", { op })));
    assert.deepEqual(
      replies.map((reply) => reply.ok && reply.answer.operation.op),
      ops,
    );
  });
});

test("every id is new, and an operation's", () => {
  const ids = Array.from({ length: 1_000 }, newOpId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.ok(hasShape(OpId, id));
});
