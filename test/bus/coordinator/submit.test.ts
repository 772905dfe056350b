import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnswerLostError } from "../../../bus/index.ts";
import { newOpId } from "../../../bus/coordinator/query.ts";
import type { OperationAnswer } from "../../../contracts/index.ts";
import {
  ledgerAnswer,
  resultEvent,
  resultOf,
  startFakeLedger,
  startFakeReboot,
  startFakeRegistry,
} from "../../support/fake-agent.ts";
import { startTestBus } from "../../support/test-bus.ts";

const nodelist = ["pc1", "pc2"];
/** So far in the past that no agent's clock, however wrong, may still take the command. */
const longExpired = () => new Date(Date.now() - 60_000);

describe("submit", { concurrency: 4 }, () => {
  test("a command is accepted, and its operation knows the nodes that the agent named", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, nodelist));
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist: ["PC1", "pc2"] });

    assert.deepEqual(operation.nodes, nodelist);
    assert.equal(operation.nodeCount, 2);
    assert.equal(operation.refusal, undefined);
    const { command, to } = await agent.knock(1);
    assert.deepEqual(to, { user: "alice", op: operation.id });
    assert.deepEqual(command.args, { nodelist: ["PC1", "pc2"] });
    operation.detach();
  });

  test("a refusal is an operation with code -1, the reason and no results", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to }, say) => say.rejected(to, "node-unknown", "not in the inventory: pc2"));
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist });

    assert.deepEqual(operation.refusal, { reason: "node-unknown", detail: "not in the inventory: pc2" });
    assert.deepEqual(await operation.wait(), {
      code: -1,
      results: {},
      reason: "node-unknown",
      detail: "not in the inventory: pc2",
    });
    for await (const event of operation) assert.fail(`an event of a refused operation: ${event.kind}`);
  });

  test("nobody listening is known at once, not after a time-out", async () => {
    await using bus = await startTestBus();
    const reveille = await bus.coordinator("alice");
    const before = performance.now();

    const operation = await reveille.reboot({ nodelist });

    assert.equal(operation.refusal?.reason, "no-agent-listening");
    assert.ok(performance.now() - before < 1_500);
  });

  test("what is malformed is refused before anything is sent", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus);
    const reveille = await bus.coordinator("alice");

    const reasons = await Promise.all(
      [
        reveille.reboot({ nodelist: [] }),
        reveille.reboot({ nodelist: ["pc1; reboot"] }),
        reveille.reboot({ nodelist: Array.from({ length: 100_000 }, (_, index) => `pc${index}`) }),
        reveille.reboot({ nodelist, speed: 1 } as never),
        reveille.power({ nodelist, action: "explode" } as never),
        reveille.reboot({ nodelist }, { op: "NOT-AN-ID" }),
      ].map(async (submitted) => (await submitted).refusal?.reason),
    );

    assert.deepEqual(reasons, ["nodelist-empty", ...Array.from({ length: 5 }, () => "malformed-arguments")]);
    assert.equal(agent.heard.length, 0);
  });

  test("names that come in several parts are all there before the operation is", async () => {
    await using bus = await startTestBus();
    const many = Array.from({ length: 20_000 }, (_, index) => `${"n".repeat(50)}${index}`);
    await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, many));
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ experiment: "testbed/large" });

    assert.deepEqual(operation.nodes, many);
    operation.detach();
  });

  test("an agent that answers twice changes nothing", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => {
      for (let time = 0; time < 2; time++) {
        say.accepted(to, verb, nodelist);
        for (const node of nodelist) say.event(to, resultEvent(node, node === "pc1" ? "failed" : "succeeded"));
        say.finished(to, 1, "2025-01-01T00:00:00.000Z");
      }
    });
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist });

    assert.deepEqual(operation.nodes, nodelist);
    const { code, results } = await operation.wait();
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(results), nodelist);
  });

  test("without an answer the same command is sent again, under the same id", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say, n) => {
      if (n > 1) say.accepted(to, verb, nodelist);
    });
    await startFakeLedger(bus, new Map());
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist });

    assert.equal(operation.refusal, undefined);
    assert.deepEqual(agent.heard[0]?.command, agent.heard[1]?.command);
    operation.detach();
  });

  test("without an answer, what the ledger knows counts", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    await startFakeReboot(bus, ({ to }) => {
      ledger.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("succeeded"), pc2: resultOf("failed") }));
    });
    await startFakeLedger(bus, ledger);
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist });

    const { code, results } = await operation.wait();
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(results).sort(), nodelist);
  });

  test("without an answer, expired and unknown to the ledger, it is refused as expired", async () => {
    await using bus = await startTestBus();
    await bus.join("reboot").then((silent) => silent.subscribe("rv.local.cmd.reboot.*", { queue: "reboot" }));
    await startFakeLedger(bus, new Map());
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist }, { expiresAt: longExpired() });

    assert.equal(operation.refusal?.reason, "command-expired");
  });

  test("without an answer and without a ledger to ask, it is unknown, and said so with the id", async () => {
    await using bus = await startTestBus();
    await bus.join("reboot").then((silent) => silent.subscribe("rv.local.cmd.reboot.*", { queue: "reboot" }));
    const reveille = await bus.coordinator("alice");
    const op = newOpId();

    const submitted = reveille.reboot({ nodelist }, { op, expiresAt: longExpired() });

    await assert.rejects(submitted, (error: unknown) => {
      assert.ok(error instanceof AnswerLostError);
      assert.equal(error.op, op);
      assert.equal(error.code, "answer-lost");
      assert.match(error.message, new RegExp(`reveille wait ${op}`));
      return true;
    });
  });

  test("a refusal of the second sending does not hide that the first was admitted", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    await startFakeReboot(bus, ({ to }, say, n) => {
      if (n === 1) return;
      ledger.set(to.op, ledgerAnswer(to.op, 1, { pc1: resultOf("succeeded") }));
      say.rejected(to, "command-expired", "too late here");
    });
    await startFakeRegistry(bus, ({ to }, say) => {
      const known = [...ledger.values()][0];
      if (known) say.answer(to, known);
      else say.rejected(to, "operation-unknown", "no such operation");
    });
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist: ["pc1"] });

    assert.equal(operation.refusal, undefined);
    assert.equal((await operation.wait()).code, 0);
  });

  test("events of another command with the same id are no acceptance", async () => {
    await using bus = await startTestBus();
    const op = newOpId();
    await startFakeReboot(bus, ({ to }, say) => {
      say.event(to, resultEvent("pc1"));
      setImmediate(() => setImmediate(() => say.rejected(to, "op-id-reused", "another command has this id")));
    });
    const reveille = await bus.coordinator("alice");

    const operation = await reveille.reboot({ nodelist }, { op });

    assert.equal(operation.refusal?.reason, "op-id-reused");
  });
});
