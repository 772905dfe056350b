import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import type { RunChange } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { oneNode } from "./drive.ts";
import { type Machine, machineThatIs } from "./machine.ts";

const databases = databaseServer();
const power = (action: string, more: object = {}) => ({ verb: "power", args: { action, ...more } }) as const;
const readOn = { step: "read-power", power: "on" } as const;
const wentOff = { step: "power-off", isConfirmed: true } as const;

/** Notes in the machine's journal what the ledger knows, once it is committed. */
const noting = (machine: Machine) => (change: RunChange) =>
  machine.note(`ledger: ${change.state} ${(change.progress as { begun?: string } | undefined)?.begun ?? ""}`.trim());

test("the ledger says firing before each power command reaches the machine", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle"), machine);
  await node.drive(noting(machine));
  assert.deepEqual(machine.journal(), [
    "ledger: firing power-off",
    "off",
    "ledger: firing power-on",
    "on",
    "ledger: done",
  ]);
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.via], ["succeeded", "power-cycle"]);
  assert.deepEqual(result?.evidence, { powerReadBack: ["on", "off", "on"] });
});

test("a node without power control in the world is cycled without a word of firing", async (t) => {
  const node = await oneNode(t, databases, power("cycle"), { power: { driver: "none" } });
  const states: string[] = [];
  await node.drive(({ state }) => void states.push(state));
  assert.deepEqual(states, ["done"]);
  assert.equal((await node.result())?.outcome, "succeeded");
});

test("a node whose BMC cannot be asked is cycled by its next power driver, and the result says by which", async (t) => {
  const machine = machineThatIs(t, "on");
  const bmc = { driver: "ipmi", address: "127.0.0.1", username: "admin" } as const;
  const node = await oneNode(t, databases, power("cycle"), { power: [bmc, machine.power] });
  await node.drive();
  assert.deepEqual(machine.journal(), ["off", "on"]);
  assert.deepEqual((await node.result())?.evidence, { powerDriver: "command", powerReadBack: ["on", "off", "on"] });
});

test("power-ons are stamped, power-offs are not", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle"), machine);
  const stamps: string[] = [];
  await node.drive(({ stampsPower, progress }) => {
    if (stampsPower) stamps.push((progress as { begun: string }).begun);
  });
  assert.deepEqual(stamps, ["power-on"]);
});

test("a run taken over in firing is read back, and what reads as done is not fired again", async (t) => {
  const machine = machineThatIs(t, "off");
  const node = await oneNode(t, databases, power("cycle"), machine);
  await node.leaveBehind("firing", { seen: [readOn], begun: "power-off" });
  await node.drive();
  assert.deepEqual(machine.journal(), ["on"]);
  assert.equal((await node.result())?.outcome, "succeeded");
});

test("a run taken over in firing that reads as not done fires anew", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.leaveBehind("firing", { seen: [readOn], begun: "power-off" });
  await node.drive();
  assert.deepEqual(machine.journal(), ["off"]);
  assert.equal((await node.result())?.reason, "power-read-back");
});

test("a run taken over in firing that cannot be read back is indeterminate, and nothing is sent blindly", async (t) => {
  const machine = machineThatIs(t, "on");
  machine.breakWith("status-fails");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.leaveBehind("firing", { seen: [readOn], begun: "power-off" });
  await node.drive();
  assert.deepEqual(machine.journal(), []);
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.reason], ["indeterminate", "outcome-unknown"]);
});

test("a run taken over in firing waits the old replica's window out before it looks", async (t) => {
  const machine = machineThatIs(t, "off");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.leaveBehind("firing", { seen: [readOn], begun: "power-off" });
  const begunAtMs = performance.now();
  await node.drive();
  assert.ok(performance.now() - begunAtMs >= 499);
});

test("a raw cycle taken over in firing is indeterminate, and not sent again", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle", { raw: true }), machine);
  await node.leaveBehind("firing", { begun: "fire" });
  await node.drive();
  assert.deepEqual(machine.journal(), []);
  assert.equal((await node.result())?.outcome, "indeterminate");
});

test("an action that was accepted and cannot be read back is indeterminate", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.drive(({ state }) => {
    if (state === "firing") machine.breakWith("status-fails");
  });
  assert.deepEqual(machine.journal(), ["off"]);
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.reason], ["indeterminate", "outcome-unknown"]);
});

test("an action that was accepted and reads back otherwise has failed", async (t) => {
  const machine = machineThatIs(t, "on");
  machine.breakWith("off-ignored");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.drive();
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.reason], ["failed", "power-not-confirmed"]);
});

test("a write of firing that takes longer than the window is said anew before anything leaves", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("off"), machine);
  let firings = 0;
  await node.drive(async (change) => {
    noting(machine)(change);
    // The process is stopped between the commit and its answer.
    if (change.state === "firing" && firings++ === 0) await pause(600);
  });
  assert.deepEqual(machine.journal().slice(0, 3), ["ledger: firing power-off", "ledger: firing power-off", "off"]);
});

test("a ledger that stays too slow is given up when the BMC's own time is up, and nothing has left", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("off"), machine, { bmcMs: 1_200 });
  let firings = 0;
  await node.drive(async ({ state }) => {
    if (state !== "firing") return;
    firings++;
    await pause(510);
  });
  assert.ok(firings >= 2, `${firings} firings`);
  assert.deepEqual(machine.journal(), []);
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.reason], ["failed", "bmc-too-slow"]);
});

test("a run that was lost is not fired", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("off"), machine);
  await node.leaveBehind("leased", {});
  await assert.rejects(
    node.drive(async () => {
      // Another replica takes it while the answer is on its way.
      node.ends.lose(new Error("the lease of this run was lost"));
    }),
    /lease of this run was lost/,
  );
  assert.deepEqual(machine.journal(), []);
  assert.equal(await node.result(), null);
});

test("a replica that stops waits for the answer to what it has sent, and leaves it to the next one", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle", { raw: true }), machine);
  const driven = node.drive(({ state }) => {
    if (state === "firing") node.ends.letGo(new Error("this replica stops"));
  });
  await assert.rejects(driven, /this replica stops/);
  assert.deepEqual(machine.journal(), ["cycle"]);
  assert.deepEqual(await node.left(), { state: "leased", begun: null, last: { step: "fire", outcome: "accepted" } });
});

test("a replica that stops before its command could leave takes its firing back", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle", { raw: true }), machine);
  const driven = node.drive(async ({ state }) => {
    if (state !== "firing") return;
    await pause(510);
    node.ends.letGo(new Error("this replica stops"));
  });
  await assert.rejects(driven, /this replica stops/);
  assert.deepEqual(machine.journal(), []);
  assert.deepEqual(await node.left(), { state: "leased", begun: null, last: null });
});

test("a run whose fence has risen is refused by the ledger before anything more leaves", async (t) => {
  const machine = machineThatIs(t, "on");
  const node = await oneNode(t, databases, power("cycle"), machine);
  let isTaken = false;
  const takeOver = async () => {
    if (!isTaken) await node.database.owner`update reboot.node_runs set fence = fence + 7`;
    isTaken = true;
  };
  await assert.rejects(node.drive(takeOver), { code: "run-lost" });
  assert.deepEqual(machine.journal(), ["off"]);
});

for (const [what, by, outcome] of [
  ["a cancel", "cancelled-by-user", "cancelled"],
  ["a deadline", "deadline-exceeded", "expired"],
] as const) {
  test(`${what} before the first power action ends the run untouched`, async (t) => {
    const machine = machineThatIs(t, "on");
    const node = await oneNode(t, databases, power("cycle"), machine);
    node.endEarly(by);
    await node.drive();
    assert.deepEqual(machine.journal(), []);
    const result = await node.result();
    assert.deepEqual([result?.outcome, result?.reason, result?.attempts], [outcome, by, 0]);
  });

  test(`${what} in the midst of a cycle does not leave the node off`, async (t) => {
    const machine = machineThatIs(t, "on");
    const node = await oneNode(t, databases, power("cycle"), machine);
    await node.drive(() => node.endEarly(by));
    assert.deepEqual(machine.journal(), ["off", "on"]);
    assert.equal((await node.result())?.outcome, "succeeded");
  });
}

for (const [begun, seen] of [
  ["power-off", [readOn]],
  ["power-on", [readOn, wentOff]],
] as const) {
  test(`a cancel of a cycle taken over in ${begun} does not leave the node off`, async (t) => {
    const machine = machineThatIs(t, "off");
    const node = await oneNode(t, databases, power("cycle"), machine);
    await node.leaveBehind("firing", { seen, begun });
    node.endEarly("cancelled-by-user");
    await node.drive();
    assert.ok(machine.isOn);
    assert.equal((await node.result())?.outcome, "succeeded");
  });
}

test("a fault of ours ends the node's run with what went wrong, and is thrown on", async (t) => {
  const command = { verb: "reboot", args: {} } as const;
  const node = await oneNode(t, databases, command, { power: { driver: "none" } }, { liveness: "tcp:99999" });
  await assert.rejects(node.drive(), /tcp:99999/);
  const result = await node.result();
  assert.deepEqual([result?.outcome, result?.reason, result?.phase], ["failed", "agent-fault", "probe"]);
  assert.match(result?.detail ?? "", /tcp:99999/);
});

test("a driven host ends its waiting guest with its own end", async (t) => {
  const node = await oneNode(t, databases, power("status"), machineThatIs(t, "on"));
  await node.database.owner`
    insert into reboot.node_runs (op, node, ordinal, state, waits_for, not_before)
    select op, 'vm1', 1, 'queued', 'pc1', 'infinity' from reboot.operations`;
  await node.drive();
  const [guest] = await node.database.owner`
    select state, result->>'outcome' as outcome, result->>'reason' as reason from reboot.node_runs where node = 'vm1'`;
  assert.deepEqual({ ...guest }, { state: "done", outcome: "succeeded", reason: "host-rebooted" });
});

describe("a node that another is built into", () => {
  /** `card1` in `pc1`, while it is being loaded. */
  async function withCardLoading(t: TestContext, settings: NodeTypeOverrides) {
    const machine = machineThatIs(t, "on");
    const node = await oneNode(t, databases, { verb: "reboot", args: { powercycle: true } }, machine, settings);
    await node.database.owner`
      insert into registry.nodes (name, type, address, power, subnode_of)
      values ('card1', 'pc', '127.0.0.1', '{"driver":"none"}', 'pc1')`;
    const asReload = node.database.as("reload");
    await asReload`select ledger.acquire_locks('load', 'load', array['card1'])`;
    const endLoad = async () => {
      await asReload`select ledger.release_locks('load', array['card1'])`;
    };
    return { machine, node, endLoad };
  }

  test("is restarted once that one's load has ended", async (t) => {
    const { machine, node, endLoad } = await withCardLoading(t, { subnodesS: 60 });
    await node.drive(async ({ progress }) => {
      if ((progress as { begun?: string } | undefined)?.begun === "await-subnodes") setImmediate(() => void endLoad());
    });
    assert.deepEqual(machine.journal(), ["off", "on"]);
  });

  test("is left alone if that one's load outlasts the wait", async (t) => {
    const { machine, node } = await withCardLoading(t, { subnodesS: 1 });
    await node.drive();
    const result = await node.result();
    assert.deepEqual([result?.outcome, result?.reason], ["failed", "subnodes-busy"]);
    assert.match(result?.detail ?? "", /card1/);
    assert.deepEqual(machine.journal(), []);
  });
});
