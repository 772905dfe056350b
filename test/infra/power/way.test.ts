import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createPowerDrivers, type NodePower, wayOf } from "../../../infra/power/index.ts";
import { machineThatIs } from "../../agents/reboot/machine.ts";
import { testPowerDriver } from "../../conformance/power.ts";
import { noLeave } from "../../support/bmc-access.ts";

/** A BMC that may not be asked. */
const ipmi = { driver: "ipmi", address: "127.0.0.1", username: "admin" } as const;
const soon = () => ({ deadlineMs: performance.now() + 10_000, signal: new AbortController().signal });

function start(t: TestContext, power: NodePower, options: Parameters<typeof wayOf>[2] = {}) {
  const drivers = createPowerDrivers({ access: noLeave });
  t.after(() => drivers[Symbol.asyncDispose]());
  const way = wayOf(drivers, { node: "pc1", power }, options);
  assert.ok(way);
  return way;
}

testPowerDriver("a BMC that cannot be asked, and a program", {
  start: async (t) => {
    const machine = machineThatIs(t, "on");
    const arrived = async () => machine.journal() as never;
    return { ...start(t, [ipmi, machine.power]), arrived };
  },
});

test("the driver that the type names first is asked first, and says that it answered", async (t) => {
  const { power } = machineThatIs(t, "on");
  const { driver, target } = start(t, [{ driver: "none" }, power], { order: ["ipmi", "command"] });
  assert.deepEqual(await driver.read(target, soon()), { ok: true, state: "on", by: "command" });
});

test("the driver that has answered is kept to, by whoever takes the run over too", async (t) => {
  const machine = machineThatIs(t, "off");
  const both: NodePower = [machine.power, { driver: "none" }];
  const first = start(t, both);
  assert.deepEqual(await first.driver.read(first.target, soon()), { ok: true, state: "off", by: "command" });
  machine.breakWith("status-fails");
  assert.equal((await first.driver.read(first.target, soon())).ok, false);
  const second = start(t, both, { only: "command" });
  assert.equal((await second.driver.read(second.target, soon())).ok, false);
});

test("a command that the answering driver has not is the next one's that has it", async (t) => {
  const machine = machineThatIs(t, "on");
  const { driver, target } = start(t, [{ driver: "command", argv: { status: ["echo", "on"] } }, machine.power]);
  assert.ok(driver.supports(target, "diag"));
  const fired = await driver.fire(target, "diag", { ...soon(), sendBeforeMs: performance.now() + 10_000 });
  assert.deepEqual([fired, machine.journal()], [{ ok: true, outcome: "accepted" }, ["diag"]]);
});

test("where none answers, the failure is the first one's, and tells of all", async (t) => {
  const { driver, target } = start(t, [ipmi, { driver: "command", argv: {} }]);
  const read = await driver.read(target, soon());
  assert.ok(!read.ok);
  assert.match(read.detail, /; then pc1: no program/);
});
