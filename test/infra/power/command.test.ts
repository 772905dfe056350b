import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type CommandPower,
  type PowerCommand,
  type PowerDriver,
  type PowerTarget,
  createPowerDrivers,
} from "../../../infra/power/index.ts";
import { testPowerDriver } from "../../conformance/power.ts";
import { noLeave } from "../../support/bmc-access.ts";

const soon = () => ({ deadlineMs: performance.now() + 20_000, signal: new AbortController().signal });
const openWindow = () => ({ ...soon(), sendBeforeMs: performance.now() + 20_000 });

function start(t: TestContext, argv: CommandPower["argv"]): { driver: PowerDriver; target: PowerTarget } {
  const drivers = createPowerDrivers({ access: noLeave });
  t.after(() => drivers[Symbol.asyncDispose]());
  const target: PowerTarget = { node: "pc1", power: { driver: "command", argv } };
  return { driver: drivers.for(target), target };
}

const shell = (script: string): string[] => ["/bin/sh", "-c", script, "sh"];

/** A machine that is a folder: `state` holds on or off, `arrived` a line for each command. */
const switchScript = `
echo "$2" >> "$1/arrived"
case $2 in on|cycle|reset) echo on > "$1/state" ;; off|soft) echo off > "$1/state" ;; esac`;

testPowerDriver("command", {
  async start(t) {
    const machine = await mkdtemp(join(tmpdir(), "reveille-power-"));
    t.after(() => rm(machine, { recursive: true }));
    await writeFile(join(machine, "state"), "on\n");
    await writeFile(join(machine, "arrived"), "");
    const deed = (command: PowerCommand): string[] => [...shell(switchScript), machine, command];
    const argv = {
      on: deed("on"),
      off: deed("off"),
      cycle: deed("cycle"),
      reset: deed("reset"),
      soft: deed("soft"),
      diag: deed("diag"),
      status: ["/bin/cat", join(machine, "state")],
    };
    const arrived = async (): Promise<PowerCommand[]> =>
      (await readFile(join(machine, "arrived"), "utf8")).split("\n").filter(Boolean) as PowerCommand[];
    return { ...start(t, argv), arrived };
  },
});

test("{node} stands for the node's name only as a whole argument, and no shell looks at it", async (t) => {
  const { driver, target } = start(t, { status: ["/bin/echo", "{node}", "x{node}", "$(id)", ";"] });
  const read = await driver.read(target, soon());
  assert.deepEqual(read, {
    ok: false,
    reason: "power-command-failed",
    detail: "pc1: power status printed neither on nor off: pc1 x{node} $(id) ;",
  });
});

test("what has no program is not supported", async (t) => {
  const { driver, target } = start(t, { on: ["/bin/true"] });
  assert.equal(driver.supports(target, "on"), true);
  assert.equal(driver.supports(target, "diag"), false);
  const fired = await driver.fire(target, "diag", openWindow());
  const read = await driver.read(target, soon());
  assert.equal(!fired.ok && fired.reason, "power-not-controllable");
  assert.equal(!read.ok && read.reason, "power-not-controllable");
});

test("a program that fails is told with what it printed, on one line", async (t) => {
  const { driver, target } = start(t, { off: shell("echo 'no\n such\toutlet' >&2; exit 4") });
  assert.deepEqual(await driver.fire(target, "off", openWindow()), {
    ok: false,
    reason: "power-command-failed",
    detail: "pc1: the program for power off exited with 4: no such outlet",
  });
});

test("a missing program did nothing", async (t) => {
  const { driver, target } = start(t, { off: ["/nonexistent/pdu"] });
  const fired = await driver.fire(target, "off", openWindow());
  assert.equal(!fired.ok && fired.reason, "power-command-failed");
});

test("a program whose time is up may have done its work", async (t) => {
  const { driver, target } = start(t, { off: shell("sleep 60"), status: shell("sleep 60") });
  const fired = await driver.fire(target, "off", { ...openWindow(), deadlineMs: performance.now() + 200 });
  assert.deepEqual(fired, { ok: true, outcome: "unknown" });
  const read = await driver.read(target, { ...soon(), deadlineMs: performance.now() + 200 });
  assert.equal(!read.ok && read.reason, "power-command-failed");
});

test("a program that is called off may have done its work", async (t) => {
  const abort = new AbortController();
  const started = once(process, "SIGUSR2");
  const { driver, target } = start(t, { off: [...shell('kill -USR2 "$1"; sleep 60'), String(process.pid)] });
  const firing = driver.fire(target, "off", { ...openWindow(), signal: abort.signal });
  await started;
  abort.abort();
  assert.deepEqual(await firing, { ok: true, outcome: "unknown" });
});
