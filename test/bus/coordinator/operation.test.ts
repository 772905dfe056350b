import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Operation, createReveille } from "../../../bus/index.ts";
import type { NodeEvent } from "../../../contracts/index.ts";
import { resultEvent, resultOf, startFakeReboot, stepEvent } from "../../support/fake-agent.ts";
import { startTestBus, testSite } from "../../support/test-bus.ts";

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

async function nextNode(iterator: AsyncIterator<NodeEvent, unknown>): Promise<string | undefined> {
  const next = await iterator.next();
  return next.done === true ? undefined : next.value.node;
}

describe("operation", { concurrency: 4 }, () => {
  test("each node's events arrive in their order, and the end has every result", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, nodelist);
      for (const node of nodelist) say.event(to, stepEvent(node));
      say.event(to, resultEvent("pc1"));
      say.event(to, resultEvent("pc2", "failed"));
      say.finished(to, 1, finishedAt);
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    const events = await collect(operation);

    assert.deepEqual(nodesOf(events, "step"), nodelist);
    assert.deepEqual(nodesOf(events, "result"), nodelist);
    const { code, results } = await operation.wait();
    assert.equal(code, 1);
    assert.deepEqual(results, { pc1: resultOf("succeeded"), pc2: resultOf("failed") });
    assert.equal(operation.results, results);
  });

  test("a node's first result stands; the same coming again is no second event", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, nodelist);
      say.event(to, resultEvent("pc1"));
      say.event(to, resultEvent("pc1", "failed", "from a replica that was late"));
      say.event(to, resultEvent("pc2"));
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    assert.deepEqual(nodesOf(await collect(operation), "result"), nodelist);
    assert.equal((await operation.wait()).code, 0);
  });

  test("who begins to listen late is told the results so far first", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, nodelist);
      say.event(to, resultEvent("pc1", "failed"));
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });
    const first = operation[Symbol.asyncIterator]();
    assert.equal(await nextNode(first), "pc1");

    const late = collect(operation);
    const { to } = await agent.knock(1);
    agent.say.event(to, resultEvent("pc2"));

    assert.deepEqual(nodesOf(await late, "result"), nodelist);
    assert.deepEqual(nodesOf(await collect(operation), "result"), nodelist);
    assert.equal(await nextNode(first), "pc2");
    assert.equal((await first.next()).done, true);
  });

  test("steps that came before anybody listened are kept", async () => {
    await using bus = await startTestBus();
    await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, ["pc1"]);
      say.event(to, stepEvent("pc1"));
      say.event(to, resultEvent("pc1"));
      say.finished(to, 0, finishedAt);
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist: ["pc1"] });
    await operation.wait();
    assert.deepEqual(nodesOf(await collect(operation), "step"), ["pc1"]);
  });

  test("an aborted wait rejects with the signal's reason, and the operation goes on", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, ["pc1"]));
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist: ["pc1"] });
    const controller = new AbortController();
    const why = new Error("the operator left");

    const waiting = operation.wait({ signal: controller.signal });
    controller.abort(why);

    await assert.rejects(waiting, why);
    await assert.rejects(operation.wait({ signal: controller.signal }), why);
    const { to } = await agent.knock(1);
    agent.say.event(to, resultEvent("pc1"));
    assert.equal((await operation.wait()).code, 0);
  });

  test("a detached operation leaves its inbox and asks nobody", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => say.accepted(to, verb, ["pc1"]));
    const reveille = await bus.coordinator("alice");
    const operation = await reveille.reboot({ nodelist: ["pc1"] });

    operation.detach();

    const { to } = await agent.knock(1);
    agent.say.event(to, resultEvent("pc1"));
    // A later operation over the same connection ends: whatever was to come of the first has come by then.
    const second = await reveille.reboot({ nodelist: ["pc1"] });
    agent.say.event((await agent.knock(2)).to, resultEvent("pc1"));
    await second.wait();
    assert.deepEqual(operation.results, {});
  });

  test("an operation that ended with its admission leaves its inbox at once", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => {
      say.accepted(to, verb, ["pc1"]);
      say.event(to, resultEvent("pc1", "failed"));
      say.finished(to, 1, finishedAt);
    });
    const connection = await bus.join("alice");
    const reveille = createReveille(connection, { site: testSite, user: "alice", identity: bus.identity("alice") });
    const [first, second] = [
      await reveille.reboot({ nodelist: ["pc1"] }),
      await reveille.reboot({ nodelist: ["pc1"] }),
    ];
    assert.equal((await first.wait()).code, 1);
    assert.equal((await second.wait()).code, 1);
    await connection.flush();
    const before = connection.stats().inMsgs;

    for (const { to } of agent.heard) agent.say.finished(to, 1, finishedAt);
    // What the agent said before its answer to a third command would have come before it.
    await (await reveille.reboot({ nodelist: ["pc1"] })).wait();

    assert.equal(connection.stats().inMsgs - before, 3);
  });

  test("cancelling sends the verb's own cancel command and gives the agent's answer", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb, command }, say) => {
      if (verb === "reboot") say.accepted(to, verb, nodelist);
      else if (verb === "cancel-reboot") say.answer(to, { cancelled: (command.args as { target: string }).target });
      else say.rejected(to, "operation-finished", "it has ended already");
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });

    assert.deepEqual(await operation.cancel(), { ok: true });

    const { verb, command } = await agent.knock(2);
    assert.equal(verb, "cancel-reboot");
    assert.deepEqual(command.args, { target: operation.id });
    operation.detach();
  });

  test("a cancellation that is refused, or meets nobody, says why", async () => {
    await using bus = await startTestBus();
    const agent = await startFakeReboot(bus, ({ to, verb }, say) => {
      if (verb === "reboot") say.accepted(to, verb, nodelist);
      else say.rejected(to, "operation-finished", "it has ended already");
    });
    const operation = await (await bus.coordinator("alice")).reboot({ nodelist });
    assert.deepEqual(await operation.cancel(), {
      ok: false,
      reason: "operation-finished",
      detail: "it has ended already",
    });
    await agent.leave();
    const unheard = await operation.cancel();
    assert.ok(!unheard.ok);
    assert.equal(unheard.reason, "no-agent-listening");
    operation.detach();
  });
});
