import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type PowerDriver, createPowerDrivers } from "../../../infra/power/index.ts";
import { testPowerDriver } from "../../conformance/power.ts";
import { noLeave } from "../../support/bmc-access.ts";

const target = { node: "pc1", power: { driver: "none" } } as const;

function start(t: TestContext): PowerDriver {
  const drivers = createPowerDrivers({ access: noLeave });
  t.after(() => drivers[Symbol.asyncDispose]());
  return drivers.for(target);
}

testPowerDriver("none", { start: async (t) => ({ driver: start(t), target }) });

test("each node has a state of its own", async (t) => {
  const driver = start(t);
  const options = { deadlineMs: performance.now() + 1000, signal: new AbortController().signal };
  await driver.fire(target, "off", { ...options, sendBeforeMs: performance.now() + 1000 });
  assert.deepEqual(await driver.read({ ...target, node: "pc2" }, options), { ok: true, state: "on" });
  assert.deepEqual(await driver.read(target, options), { ok: true, state: "off" });
});
