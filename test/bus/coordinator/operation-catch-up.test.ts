import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Operation } from "../../../bus/index.ts";
import type { NodeEvent, OperationAnswer } from "../../../contracts/index.ts";
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
const finishedAt = "2025-01-01T00:00:00.000Z";

async function collect(operation: Operation): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  for await (const event of operation) events.push(event);
  return events;
}

function nodesOf(events: readonly NodeEvent[], kind: NodeEvent["kind"]): string[] {
  return events.filter((event) => event.kind === kind).map(({ node }) => node);
}

describe("an operation that missed something", { concurrency: 4 }, () => {
  test("after silence the ledger is asked, and its results end the operation", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, nodelist);
      say.event(to, resultEvent("pc1"));
      ledger.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("succeeded"), pc2: resultOf("failed") }));
    });
    const registry = await startFakeLedger(bus, ledger);
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    const events = await collect(operation);

    assert.deepEqual(nodesOf(events, "result"), nodelist);
    assert.equal((await operation.wait()).code, 1);
    assert.equal(registry.heard.length, 1);
  });

  test("the ledger is asked for all of its pages", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, nodelist));
    const registry = await startFakeRegistry(bus, ({ to, args }, say) => {
      const { op, after } = args as { op: string; after?: string };
      const whole = ledgerAnswer(op, 2, { pc1: resultOf("succeeded"), pc2: resultOf("failed") });
      const { pc1, pc2 } = whole.results;
      say.answer(
        to,
        after === undefined ? { ...whole, results: { pc1 }, next: "pc1" } : { ...whole, results: { pc2 } },
      );
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    assert.equal((await operation.wait()).code, 1);
    assert.deepEqual(
      registry.heard.map(({ args }) => ("after" in args ? args.after : undefined)),
      [undefined, "pc1"],
    );
  });

  test("finished before all results came sends to the ledger at once", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, nodelist));
    await startFakeLedger(bus, ledger);
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });
    const { to } = await agent.knock(1);
    ledger.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("succeeded"), pc2: resultOf("succeeded") }));
    const before = performance.now();

    agent.say.finished(to, 0, finishedAt);

    assert.equal((await operation.wait()).code, 0);
    assert.ok(performance.now() - before < 1_500);
  });

  test("what was said while nats-server was down is caught up with", async () => {
    await using bus = await startTestBus();
    const ledger = new Map<string, OperationAnswer>();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, nodelist));
    await startFakeLedger(bus, ledger);
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });
    const { to } = await agent.knock(1);
    // It is in the ledger, and is never said on the inbox.
    ledger.set(to.op, ledgerAnswer(to.op, 2, { pc1: resultOf("failed"), pc2: resultOf("succeeded") }));

    await bus.crashNats();

    const { code, results } = await operation.wait();
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(results).sort(), nodelist);
  });

  test("what is said after nats-server came back arrives on the same inbox", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, ["pc1"]));
    await startFakeRegistry(bus, ({ to, args }, say) =>
      say.answer(to, ledgerAnswer((args as { op: string }).op, 1, {})),
    );
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist: ["pc1"] });
    const { to } = await agent.knock(1);

    await bus.crashNats();
    agent.say.event(to, resultEvent("pc1"));

    assert.equal((await operation.wait()).code, 0);
  });
});
