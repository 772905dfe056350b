/**
 * What every power driver keeps to, run on each of them. A driver's harness makes a machine of its own for each test and
 * says what really reached it.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { PowerCommand, PowerDriver, PowerTarget } from "../../infra/power/index.ts";

export interface PowerHarness {
  /** A node that is on, and that can do all that the driver supports. */
  readonly start: (t: TestContext) => Promise<PoweredNode>;
}

export interface PoweredNode {
  readonly driver: PowerDriver;
  readonly target: PowerTarget;
  /** The commands that reached the machine, in order; undefined where there is no machine. */
  readonly arrived?: () => Promise<readonly PowerCommand[]>;
}

const commands: readonly PowerCommand[] = ["on", "off", "cycle", "reset", "soft", "diag"];

const soon = () => ({ deadlineMs: performance.now() + 10_000, signal: new AbortController().signal });
const openWindow = () => ({ ...soon(), sendBeforeMs: performance.now() + 10_000 });

/** The power state as it reads, or why it does not. */
async function stateOf(driver: PowerDriver, target: PowerTarget): Promise<string> {
  const read = await driver.read(target, soon());
  return read.ok ? read.state : read.reason;
}

/** Declares the suite for one driver. */
export function testPowerDriver(name: string, { start }: PowerHarness): void {
  test(`${name}: off and on are accepted and read back`, async (t) => {
    const { driver, target } = await start(t);
    assert.deepEqual(await driver.prepare(target, soon()), { ok: true });
    assert.equal(await stateOf(driver, target), "on");
    assert.deepEqual(await driver.fire(target, "off", openWindow()), { ok: true, outcome: "accepted" });
    assert.equal(await stateOf(driver, target), "off");
    assert.deepEqual(await driver.fire(target, "on", openWindow()), { ok: true, outcome: "accepted" });
    assert.equal(await stateOf(driver, target), "on");
  });

  for (const command of commands) {
    test(`${name}: ${command} arrives once`, async (t) => {
      const { driver, target, arrived } = await start(t);
      if (!driver.supports(target, command)) {
        t.skip("not supported");
        return;
      }
      await driver.prepare(target, soon());
      assert.deepEqual(await driver.fire(target, command, openWindow()), { ok: true, outcome: "accepted" });
      if (arrived) assert.deepEqual(await arrived(), [command]);
    });
  }

  test(`${name}: preparing and reading twice changes nothing`, async (t) => {
    const { driver, target, arrived } = await start(t);
    for (let repeat = 0; repeat < 2; repeat++) {
      assert.deepEqual(await driver.prepare(target, soon()), { ok: true });
      assert.equal(await stateOf(driver, target), "on");
    }
    if (arrived) assert.deepEqual(await arrived(), []);
  });

  test(`${name}: a command fires without having been prepared`, async (t) => {
    const { driver, target } = await start(t);
    assert.deepEqual(await driver.fire(target, "off", openWindow()), { ok: true, outcome: "accepted" });
  });

  test(`${name}: nothing leaves once the window has closed`, async (t) => {
    const { driver, target, arrived } = await start(t);
    await driver.prepare(target, soon());
    const closed = { ...soon(), sendBeforeMs: performance.now() };
    assert.deepEqual(await driver.fire(target, "off", closed), { ok: true, outcome: "not-sent" });
    assert.equal(await stateOf(driver, target), "on");
    if (arrived) assert.deepEqual(await arrived(), []);
  });

  test(`${name}: nothing leaves when it was called off before`, async (t) => {
    const { driver, target, arrived } = await start(t);
    await driver.prepare(target, soon());
    const calledOff = { ...openWindow(), signal: AbortSignal.abort() };
    // Where there is no machine, all is done before it could be called off.
    const outcome = arrived ? "not-sent" : "accepted";
    assert.deepEqual(await driver.fire(target, "off", calledOff), { ok: true, outcome });
    if (arrived) assert.deepEqual(await arrived(), []);
  });

  test(`${name}: where somebody is asked, preparing and reading end with the signal's reason`, async (t) => {
    const { driver, target, arrived } = await start(t);
    const calledOff = { ...soon(), signal: AbortSignal.abort(new Error("called off")) };
    if (!arrived) {
      assert.deepEqual(await driver.prepare(target, calledOff), { ok: true });
      return;
    }
    await assert.rejects(driver.prepare(target, calledOff), /called off/);
    await assert.rejects(driver.read(target, calledOff), /called off/);
  });

  test(`${name}: a driver that has a machine says that it takes effect`, async (t) => {
    const { driver, arrived } = await start(t);
    assert.equal(driver.takesEffect, arrived !== undefined);
  });
}
