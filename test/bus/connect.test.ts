import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newOpId } from "../../bus/coordinator/query.ts";
import type { NodeEvent, OperationAnswer } from "../../contracts/index.ts";
import {
  ledgerAnswer,
  resultEvent,
  resultOf,
  startFakeLedger,
  startFakeReboot,
  startFakeRegistry,
} from "../support/fake-agent.ts";
import { startTestBus } from "../support/test-bus.ts";

const nodelist = ["pc1", "pc2"];
const finishedAt = "2025-01-01T00:00:00.000Z";

async function nextNode(iterator: AsyncIterator<NodeEvent, unknown>): Promise<string | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value.node;
}

describe("attaching", { concurrency: 4 }, () => {
  test("an attached operation has the same results and code, from another connection", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, nodelist);
      say.event(to, resultEvent("pc1", "failed"));
      ledger.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("failed") }));
    });
    await startFakeLedger(bus, ledger);
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    const attached = await (await bus.coordinator("alice")).attach(operation.id);
    const { to } = await agent.knock(1);
    const first = await nextNode(attached[Symbol.asyncIterator]());
    agent.say.event(to, resultEvent("pc2"));

    assert.equal(first, "pc1");
    assert.equal(attached.nodeCount, 2);
    assert.equal(attached.verb, "reboot");
    assert.deepEqual(await attached.wait(), await operation.wait());
  });

  test("another user's operation is followed by the ledger, where one may see it", async () => {
    await using bus = await startTestBus();
    const op = newOpId();
    const whole = { pc1: resultOf("succeeded"), pc2: resultOf("failed") };
    const registry = await startFakeRegistry(bus, ({ to }, say, n) =>
      say.answer(to, ledgerAnswer(op, 2, n < 3 ? {} : whole, "bob")),
    );

    const operation = await (await bus.coordinator("alice")).attach(op);

    assert.equal(operation.user, "bob");
    assert.equal((await operation.wait()).code, 1);
    assert.equal(registry.heard.length, 3);
  });

  test("an operation that one may not see is as unknown as one that is not", async () => {
    await using bus = await startTestBus();
    await startFakeLedger(bus, new Map());
    const operation = await (await bus.coordinator("alice")).attach(newOpId());
    assert.equal(operation.refusal?.reason, "operation-unknown");
    assert.equal((await operation.wait()).code, -1);
  });

  test("two hundred operations at once over one connection keep their results apart", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb, command }, say) => {
      const { nodelist: nodes = [] } = command.args as { nodelist?: string[] };
      say.accepted(to, verb, nodes);
      for (const node of nodes) say.event(to, resultEvent(node, "succeeded", to.op));
      say.finished(to, 0, finishedAt);
    });
    const reveille = await bus.coordinator("alice");

    const operations = await Promise.all(
      Array.from({ length: 200 }, (_, index) => reveille.reboot({ nodelist: [`pc${index}`, "shared"] })),
    );

    for (const [index, operation] of operations.entries()) {
      const { results } = await operation.wait();
      assert.deepEqual(Object.keys(results).sort(), [`pc${index}`, "shared"].sort());
      for (const { detail } of Object.values(results)) assert.equal(detail, operation.id);
    }
  });
});
