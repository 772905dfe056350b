import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BmcBusyError, type ChassisAction, NotSentError } from "../../../../infra/ipmi-js/index.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

const ACTIONS = [
  ["power-off", "off"],
  ["power-cycle", "off"],
  ["hard-reset", "on"],
  ["diagnostic-interrupt", "on"],
  ["soft-shutdown", "off"],
  ["power-on", "on"],
] as const;

describe("a chassis control", { concurrency: true }, () => {
  for (const [action, powerState] of ACTIONS) {
    test(`${action} reaches a machine that is on, once`, async (t) => {
      const { target, chassis, controls } = await startTestBmc(t);
      const result = await createTestClient(t).chassisControl(target, action);
      assert.deepEqual(result, { outcome: "accepted" });
      assert.deepEqual(
        controls.map((control) => control.action),
        [action],
      );
      assert.equal(chassis.powerState(), powerState);
    });
  }

  for (const action of ["power-cycle", "hard-reset", "diagnostic-interrupt"] as const) {
    test(`a ${action} whose answer is lost is unknown, and is not sent again`, async (t) => {
      assert.deepEqual(await controlWithoutAnswer(t, action), { outcome: "unknown", carriedOut: 1 });
    });
  }

  for (const action of ["power-on", "power-off", "soft-shutdown"] as const) {
    test(`a ${action} whose answer is lost is sent again, and is unknown when no copy is answered`, async (t) => {
      const { outcome, carriedOut } = await controlWithoutAnswer(t, action);
      assert.equal(outcome, "unknown");
      assert.ok(carriedOut > 1, `${carriedOut} copies`);
    });
  }

  test("no copy leaves when the window has passed before the first", async (t) => {
    const { target, controls } = await startTestBmc(t);
    const client = createTestClient(t);
    await client.connect(target);
    const call = client.chassisControl(target, "power-off", { sendBeforeMs: performance.now() - 1 });
    await assert.rejects(call, NotSentError);
    assert.deepEqual(controls, []);
  });

  test("no copy leaves when the session takes longer to open than the window allows", async (t) => {
    const { target, controls } = await startTestBmc(t, { faults: { replyDelayMs: 200 } });
    const sendBeforeMs = performance.now() + 500;
    await assert.rejects(createTestClient(t).chassisControl(target, "power-off", { sendBeforeMs }), NotSentError);
    assert.deepEqual(controls, []);
  });

  test("no retransmission leaves after the window", async (t) => {
    const { target, bmc, controls } = await startTestBmc(t);
    const client = createTestClient(t, { unreachableAfterMs: 4_000 });
    await client.connect(target);
    bmc.setFaults({ replyDelayMs: 60_000 });
    const sendBeforeMs = performance.now() + 1_000;
    const result = await client.chassisControl(target, "power-on", { sendBeforeMs });
    assert.equal(result.outcome, "unknown");
    assert.ok(controls.length > 1, `${controls.length} copies`);
    for (const { at } of controls) assert.ok(at < sendBeforeMs + 1_000, `a copy arrived ${at - sendBeforeMs} ms late`);
  });

  test("a cycle that a busy BMC did not take is sent again within the window", async (t) => {
    const { target, bmc, controls } = await startTestBmc(t, { faults: { busyForMs: 3_000 } });
    const result = await createTestClient(t).chassisControl(target, "power-cycle");
    assert.deepEqual(result, { outcome: "accepted" });
    assert.equal(controls.length, 1);
    assert.ok(bmc.packetCount > 6);
  });

  test("a control that a busy BMC did not take within the window was not done", async (t) => {
    const { target, bmc, controls } = await startTestBmc(t, { faults: {} });
    const client = createTestClient(t);
    await client.connect(target);
    bmc.setFaults({ busyForMs: 60_000 });
    const sendBeforeMs = performance.now() + 500;
    await assert.rejects(client.chassisControl(target, "power-cycle", { sendBeforeMs }), BmcBusyError);
    assert.deepEqual(controls, []);
  });

  test("a control that is called off before it leaves was not sent", async (t) => {
    const { target, controls } = await startTestBmc(t, { faults: { replyDelayMs: 300 } });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(createTestClient(t).chassisControl(target, "power-off", { signal }));
    assert.deepEqual(controls, []);
  });

  test("a control that is called off after it left is unknown", async (t) => {
    const { target, bmc, controls } = await startTestBmc(t);
    const client = createTestClient(t);
    await client.connect(target);
    bmc.setFaults({ replyDelayMs: 60_000 });
    const result = await client.chassisControl(target, "hard-reset", { signal: AbortSignal.timeout(200) });
    assert.deepEqual(result, { outcome: "unknown" });
    assert.equal(controls.length, 1);
  });
});

test("a control is not sent into a session that the BMC forgot", async (t) => {
  const { target, bmc, controls } = await startTestBmc(t);
  const client = createTestClient(t);
  await client.connect(target);
  const forgottenAt = performance.now();
  t.mock.method(performance, "now", advancedClock(5_000));
  bmc.forgetSessions();
  const result = await client.chassisControl(target, "power-cycle");
  assert.deepEqual(result, { outcome: "accepted" });
  assert.equal(controls.length, 1);
  assert.ok(controls[0]!.at > forgottenAt);
});

async function controlWithoutAnswer(t: Parameters<typeof startTestBmc>[0], action: ChassisAction) {
  const { target, bmc, controls } = await startTestBmc(t);
  const client = createTestClient(t, { unreachableAfterMs: 1_000 });
  await client.connect(target);
  bmc.setFaults({ replyDelayMs: 60_000 });
  const { outcome } = await client.chassisControl(target, action);
  return { outcome, carriedOut: controls.length };
}

function advancedClock(byMs: number): () => number {
  const now = performance.now.bind(performance);
  return () => now() + byMs;
}
