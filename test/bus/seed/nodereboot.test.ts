import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Operation, ContextError, nodereboot, nodereboot_wait } from "../../../bus/index.ts";
import type { Results } from "../../../contracts/index.ts";
import { resultEvent, startFakeReboot } from "../../support/fake-agent.ts";
import { type TestBus, startTestBus } from "../../support/test-bus.ts";

describe("the seed's functions", () => {
  let bus: TestBus;
  let agent: Awaited<ReturnType<typeof startFakeReboot>>;
  const former = process.env["REVEILLE_CONTEXT"];
  before(async () => {
    bus = await startTestBus();
    process.env["REVEILLE_CONTEXT"] = await bus.writeContext("alice");
    agent = await startFakeReboot(bus, ({ to, verb, command }, say) => {
      const { nodelist = [], debug } = command.args as { nodelist?: string[]; debug?: boolean };
      if (nodelist.includes("unknown")) {
        say.rejected(to, "node-unknown", "not in the inventory: unknown");
        return;
      }
      say.accepted(to, verb, nodelist);
      // With debug the test itself says how the nodes ended.
      if (debug) return;
      for (const node of nodelist) say.event(to, resultEvent(node, node.startsWith("bad") ? "failed" : "succeeded"));
    });
  });
  after(async () => {
    if (former === undefined) delete process.env["REVEILLE_CONTEXT"];
    else process.env["REVEILLE_CONTEXT"] = former;
    await bus[Symbol.asyncDispose]();
  });

  test("nodereboot fills the results and returns how many failed", async () => {
    const results: Results = {};
    assert.equal(await nodereboot({ nodelist: ["pc1", "bad1", "bad2"] }, results), 2);
    assert.deepEqual(
      Object.entries(results).map(([node, { status }]) => `${node} ${status}`),
      ["pc1 0", "bad1 1", "bad2 1"],
    );
  });

  test("nodereboot of three hundred failing nodes returns 300", async () => {
    const results: Results = {};
    const nodelist = Array.from({ length: 300 }, (_, index) => `bad${index}`);
    assert.equal(await nodereboot({ nodelist }, results), 300);
    assert.equal(Object.keys(results).length, 300);
  });

  test("a refusal is -1, touches no results, and stays -1 through nodereboot_wait", async () => {
    const results: Results = {};
    assert.equal(await nodereboot({ nodelist: ["pc1", "unknown"] }, results), -1);
    assert.equal(await nodereboot({ nodelist: [] }, results), -1);
    const refused = await nodereboot({ nodelist: ["unknown"], asyncmode: true }, results);
    assert.equal(refused, -1);
    assert.equal(await nodereboot_wait(refused), -1);
    assert.deepEqual(results, {});
  });

  test("two asynchronous calls at once fill each its own results, in whatever order they end", async () => {
    const [first, second]: [Results, Results] = [{}, {}];
    const before = agent.heard.length;
    const one = await nodereboot({ nodelist: ["pc1", "shared"], asyncmode: true, debug: true }, first);
    const two = await nodereboot({ nodelist: ["pc2", "shared"], asyncmode: true, debug: true }, second);
    assert.ok(one !== -1 && two !== -1);
    assert.deepEqual([first, second], [{}, {}]);
    const [knockOne, knockTwo] = [await agent.knock(before + 1), await agent.knock(before + 2)];
    const waits = [nodereboot_wait(one), nodereboot_wait(two)];

    agent.say.event(knockTwo.to, resultEvent("shared", "failed", "of the second"));
    agent.say.event(knockOne.to, resultEvent("shared", "succeeded", "of the first"));
    agent.say.event(knockTwo.to, resultEvent("pc2"));
    assert.equal(await waits[1], 1);
    assert.deepEqual(first, {});
    agent.say.event(knockOne.to, resultEvent("pc1"));
    assert.equal(await waits[0], 0);

    assert.deepEqual(Object.keys(first).sort(), ["pc1", "shared"]);
    assert.deepEqual(Object.keys(second).sort(), ["pc2", "shared"]);
    assert.equal(first["shared"]?.detail, "of the first");
    assert.equal(second["shared"]?.detail, "of the second");
  });

  test("a second wait for the same operation gives the same code", async () => {
    const results: Results = {};
    const operation: Operation | -1 = await nodereboot({ nodelist: ["bad1"], asyncmode: true }, results);
    assert.equal(await nodereboot_wait(operation), 1);
    assert.equal(await nodereboot_wait(operation), 1);
  });

  test("without a context it throws, and the next call begins anew", async () => {
    const context = process.env["REVEILLE_CONTEXT"];
    process.env["REVEILLE_CONTEXT"] = "/nowhere/context.json";
    try {
      const calls = [nodereboot({ nodelist: ["pc1"] }, {}), nodereboot({ nodelist: ["pc1"] }, {})];
      for (const call of calls) await assert.rejects(call, ContextError);
    } finally {
      process.env["REVEILLE_CONTEXT"] = context;
    }
    assert.equal(await nodereboot({ nodelist: ["pc1"] }, {}), 0);
  });
});
