import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BmcNoSessionSlotError } from "../../../../infra/ipmi-js/index.ts";
import { until } from "../../simulator/support/until.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

describe("a BMC for tests", { concurrency: true }, () => {
  test("has four session slots, and no more", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    for (let n = 0; n < 4; n++) await createTestClient(t).chassisStatus(target);
    assert.equal(bmc.sessionCount, 4);
    await assert.rejects(createTestClient(t).chassisStatus(target, { deadlineMs: 1_200 }), BmcNoSessionSlotError);
  });

  test("gives the slot of an idle session to whoever asks next", async (t) => {
    const { target } = await startTestBmc(t, { sessionSlots: 1, idleTimeoutMs: 100 });
    await createTestClient(t).chassisStatus(target);
    assert.equal((await createTestClient(t).chassisStatus(target)).powerState, "on");
  });

  test("keeps a session that is used, and forgets it when it is not", async (t) => {
    const { target, bmc } = await startTestBmc(t, { idleTimeoutMs: 1_000 });
    const client = createTestClient(t);
    const endAt = performance.now() + 1_500;
    while (performance.now() < endAt) await client.chassisStatus(target);
    assert.equal(bmc.sessionCount, 1);
    await until("the session is forgotten", () => bmc.sessionCount === 0);
  });

  test("takes its time with power, and reads what it was until it is done", async (t) => {
    const { target, chassis } = await startTestBmc(t, { power: { powerState: "on", powerOffMs: 100, powerOnMs: 100 } });
    const client = createTestClient(t);
    await client.chassisControl(target, "power-off");
    await until("the power is off", () => chassis.powerState() === "off");
    await client.chassisControl(target, "power-on");
    await until("the power is on", () => chassis.powerState() === "on");
  });

  test("refuses to cycle, reset or interrupt a machine that is off", async (t) => {
    const { target } = await startTestBmc(t, { power: { powerState: "off" } });
    const client = createTestClient(t);
    for (const action of ["power-cycle", "hard-reset", "diagnostic-interrupt"] as const) {
      await assert.rejects(client.chassisControl(target, action), { completionCode: 0xd5 });
    }
    assert.deepEqual(await client.chassisControl(target, "power-on"), { outcome: "accepted" });
  });
});
