import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type BmcFaults,
  type BmcServer,
  type ChassisAction,
  type SerialPort,
  createChassis,
  createSerialPort,
  startBmc,
} from "../../../infra/ipmi-js/index.ts";
import {
  type BmcAccess,
  type ExchangeEnd,
  type IpmiPower,
  type PowerCommand,
  type PowerDriver,
  type PowerTarget,
  createPowerDrivers,
} from "../../../infra/power/index.ts";
import { until } from "../simulator/support/until.ts";
import { leaveWith, noLeave } from "../../support/bmc-access.ts";
import { type PoweredNode, testPowerDriver } from "../../conformance/power.ts";

const password = "calvin-and-hobbes";
const within = (ms: number) => ({ deadlineMs: performance.now() + ms, signal: new AbortController().signal });

const commandOf: Readonly<Record<ChassisAction, PowerCommand>> = {
  "power-on": "on",
  "power-off": "off",
  "power-cycle": "cycle",
  "hard-reset": "reset",
  "soft-shutdown": "soft",
  "diagnostic-interrupt": "diag",
};

interface Setting {
  readonly faults?: BmcFaults;
  readonly power?: Partial<IpmiPower>;
  readonly access?: BmcAccess;
  readonly powerState?: "on" | "off";
  readonly privilege?: "user";
  readonly serialPort?: SerialPort;
}

/** A BMC on a free port, and the driver that knows its password. */
async function start(
  t: TestContext,
  setting: Setting = {},
): Promise<Required<PoweredNode> & { readonly bmc: BmcServer }> {
  const { faults = {}, power, access = leaveWith(password), powerState = "on", privilege, serialPort } = setting;
  const chassis = createChassis({ powerState });
  const sent: PowerCommand[] = [];
  const bmc = await startBmc({
    address: "127.0.0.1",
    port: 0,
    users: [{ username: "admin", password, ...(privilege && { privilege }) }],
    chassis,
    faults,
    ...(serialPort ? { serialPort } : {}),
    onControl: ({ action }) => sent.push(commandOf[action]),
  });
  const drivers = createPowerDrivers({ access });
  t.after(async () => {
    await drivers[Symbol.asyncDispose]();
    chassis.stop();
    await bmc.close();
  });
  const target: PowerTarget = {
    node: "pc1",
    power: { driver: "ipmi", address: "127.0.0.1", port: bmc.port, username: "admin", ...power },
  };
  return { driver: drivers.for(target), target, arrived: async () => sent, bmc };
}

/** What preparing and reading both fail with; the detail names the node and never the password. */
async function failureOf({ driver, target }: { driver: PowerDriver; target: PowerTarget }, ms = 10_000) {
  const prepared = await driver.prepare(target, within(ms));
  const read = await driver.read(target, within(ms));
  assert.ok(!prepared.ok && !read.ok);
  assert.equal(prepared.reason, read.reason);
  for (const { detail } of [prepared, read]) {
    assert.ok(detail.startsWith("pc1: "), detail);
    assert.ok(!detail.includes(password), detail);
  }
  return read.reason;
}

testPowerDriver("ipmi", { start: (t) => start(t) });
testPowerDriver("ipmi with cipher suite 3", { start: (t) => start(t, { power: { cipherSuite: 3 } }) });

test("a wrong password is told at once", async (t) => {
  const startedAt = performance.now();
  const node = await start(t, { access: leaveWith(`${password}!`) });
  assert.equal(await failureOf(node), "bmc-password-invalid");
  assert.ok(performance.now() - startedAt < 2000);
});

test("an unknown user is told", async (t) => {
  assert.equal(await failureOf(await start(t, { power: { username: "nobody" } })), "bmc-user-invalid");
});

test("a BMC for which there is no leave is not asked, and the failure says why", async (t) => {
  assert.equal(await failureOf(await start(t, { access: noLeave })), "bmc-credentials-missing");
});

test("a console that is followed shows what the machine writes, and is let go of", async (t) => {
  const serialPort = createSerialPort();
  const { driver, target } = await start(t, { serialPort });
  const followed = await driver.followConsole!(target, within(10_000));
  assert.ok(followed.ok);
  await until("the console is open", () => serialPort.isOpen);
  serialPort.write("login: ");
  await until("its tail is told", () => followed.console.tail() === "login: ");
  await followed.console.stop();
  assert.equal(serialPort.isOpen, false);
});

test("a BMC for which there is no leave is not asked for its console either", async (t) => {
  const { driver, target, bmc } = await start(t, { access: noLeave });
  const followed = await driver.followConsole!(target, within(10_000));
  assert.equal(!followed.ok && followed.reason, "bmc-credentials-missing");
  assert.equal(bmc.packetCount, 0);
});

const ends: readonly (readonly [string, Setting, ExchangeEnd])[] = [
  ["that answers", {}, "answered"],
  ["that is dead", { faults: { dead: true } }, "bmc-unreachable"],
  ["that does not know the user", { power: { username: "nobody" } }, "bmc-user-invalid"],
];
for (const [what, setting, end] of ends) {
  test(`of a BMC ${what} it is said how the exchange ended`, async (t) => {
    const told: ExchangeEnd[] = [];
    const { driver, target } = await start(t, { ...setting, access: leaveWith(password, told) });
    await driver.read(target, within(10_000));
    assert.deepEqual(told, [end]);
  });
}

test("of an exchange that was called off nothing is said but that it was left", async (t) => {
  const told: ExchangeEnd[] = [];
  const { driver, target } = await start(t, { faults: { dead: true }, access: leaveWith(password, told) });
  const abort = new AbortController();
  const read = driver.read(target, { ...within(10_000), signal: abort.signal });
  setImmediate(() => abort.abort(new Error("called off")));
  await assert.rejects(read, /called off/);
  assert.deepEqual(told, ["left"]);
});

test("a dead BMC is told in 3 to 5 s", async (t) => {
  const { driver, target } = await start(t, { faults: { dead: true } });
  const startedAt = performance.now();
  const read = await driver.read(target, within(20_000));
  const tookMs = performance.now() - startedAt;
  assert.equal(!read.ok && read.reason, "bmc-unreachable");
  assert.ok(tookMs > 2900 && tookMs < 6000, `took ${tookMs} ms`);
});

test("a BMC that takes 2 s a reply succeeds", async (t) => {
  const { driver, target } = await start(t, { faults: { replyDelayMs: 2000 } });
  assert.deepEqual(await driver.read(target, within(30_000)), { ok: true, state: "on" });
});

test("a BMC that answers but not within the time allowed is too slow", async (t) => {
  assert.equal(await failureOf(await start(t, { faults: { replyDelayMs: 400 } }), 1000), "bmc-too-slow");
});

for (const [what, limits, reason] of [
  ["is open in time", { connectMs: 5_000, answerMs: 250 }, "bmc-too-slow"],
  ["is not open in time", { connectMs: 500, answerMs: 5_000 }, "bmc-connect-timeout"],
] as const) {
  test(`a slow BMC whose session ${what} fails by that limit: ${reason}`, async (t) => {
    const { driver, target } = await start(t, { faults: { replyDelayMs: 350 } });
    const read = await driver.read(target, { ...within(10_000), limits });
    assert.equal(!read.ok && read.reason, reason);
  });
}

test("what waits for a BMC behind one who never gets a session has its own time all the same", async (t) => {
  const { driver, target, bmc } = await start(t, { faults: { replyDelayMs: 400 } });
  const limits = { connectMs: 1_000, answerMs: 1_000 };
  const first = driver.read(target, { ...within(10_000), limits });
  const second = driver.read({ ...target }, { ...within(10_000), limits });
  const { reason } = (await first) as { reason?: string };
  bmc.setFaults({});
  assert.deepEqual([reason, await second], ["bmc-connect-timeout", { ok: true, state: "on" }]);
});

test("a BMC that stays busy is told so", async (t) => {
  assert.equal(await failureOf(await start(t, { faults: { busyForMs: 60_000 } }), 1500), "bmc-busy");
});

test("a BMC whose sessions are all taken is told so", async (t) => {
  assert.equal(await failureOf(await start(t, { faults: { noSlots: true } }), 1500), "bmc-no-session-slot");
});

test("a name that nobody can look up is an unreachable BMC", async (t) => {
  assert.equal(await failureOf(await start(t, { power: { address: "no-such-bmc.invalid" } })), "bmc-unreachable");
});

test("a cycle of a node that is off is unsuitable, and nothing happens", async (t) => {
  const { driver, target } = await start(t, { powerState: "off" });
  const fired = await driver.fire(target, "cycle", { ...within(10_000), sendBeforeMs: performance.now() + 10_000 });
  assert.equal(!fired.ok && fired.reason, "power-state-unsuitable");
  assert.deepEqual(await driver.read(target, within(10_000)), { ok: true, state: "off" });
});

test("a user who may only look may not switch", async (t) => {
  const { driver, target } = await start(t, { privilege: "user" });
  const fired = await driver.fire(target, "off", { ...within(10_000), sendBeforeMs: performance.now() + 10_000 });
  assert.equal(!fired.ok && fired.reason, "bmc-privilege-insufficient");
});

test("a cycle is sent once to a BMC that falls silent, and its outcome is unknown", async (t) => {
  const { driver, target, arrived, bmc } = await start(t);
  await driver.prepare(target, within(10_000));
  bmc.setFaults({ replyDelayMs: 60_000 });
  const fired = await driver.fire(target, "cycle", { ...within(2000), sendBeforeMs: performance.now() + 500 });
  assert.deepEqual(fired, { ok: true, outcome: "unknown" });
  assert.deepEqual(await arrived(), ["cycle"]);
});

test("what cannot leave within its window is not sent, though the BMC is dead", async (t) => {
  const { driver, target } = await start(t, { faults: { dead: true } });
  const fired = await driver.fire(target, "off", { ...within(10_000), sendBeforeMs: performance.now() + 500 });
  assert.deepEqual(fired, { ok: true, outcome: "not-sent" });
});
