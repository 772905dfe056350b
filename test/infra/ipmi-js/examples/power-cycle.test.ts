import assert from "node:assert/strict";
import { test } from "node:test";
import { powerCycle } from "../../../../infra/ipmi-js/examples/power-cycle.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

test("the example turns the power off and on, and sees both", async (t) => {
  const events: string[] = [];
  const power = { powerState: "on", powerOffMs: 150, powerOnMs: 150, onPower: (e: string) => events.push(e) } as const;
  const { target, controls } = await startTestBmc(t, { power });
  await powerCycle(createTestClient(t), target);
  assert.deepEqual(events, ["off", "on"]);
  assert.equal(controls.length, 2);
});

test("the example says which step it could not see", async (t) => {
  const { target } = await startTestBmc(t, { power: { powerState: "on", powerOffMs: 60_000 } });
  await assert.rejects(powerCycle(createTestClient(t), target, 300), /does not go off/);
});
