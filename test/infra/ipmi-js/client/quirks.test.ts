import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BmcKgError,
  BmcPasswordError,
  BmcTimeoutError,
  BmcUnreachableError,
  BmcUserError,
  type BmcTarget,
  type Quirk,
} from "../../../../infra/ipmi-js/index.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

/** How a BMC with the quirk fails a client that does not know of it. */
const QUIRKS: readonly (readonly [Quirk, (error: Error) => boolean])[] = [
  ["opensesspriv", (error) => error instanceof BmcPasswordError],
  ["intel20", (error) => error instanceof BmcUserError],
  ["supermicro20", (error) => error instanceof BmcPasswordError],
  ["sun20", (error) => error instanceof BmcPasswordError || error instanceof BmcKgError],
  ["integritycheckvalue", (error) => error instanceof BmcKgError],
  ["nochecksumcheck", (error) => error instanceof BmcTimeoutError || error instanceof BmcUnreachableError],
];

describe("quirks", { concurrency: true }, () => {
  for (const [quirk, isExpected] of QUIRKS) {
    for (const cipherSuite of [3, 17] as const) {
      test(`a BMC with ${quirk} works when told, with cipher suite ${cipherSuite}`, async (t) => {
        const { target } = await startTestBmc(t, { quirks: [quirk] });
        const client = createTestClient(t);
        const told = { ...target, cipherSuite, quirks: [quirk] };
        assert.equal((await client.chassisStatus(told)).powerState, "on");
        assert.deepEqual(await client.chassisControl(told, "power-off"), { outcome: "accepted" });
      });
    }

    test(`a BMC with ${quirk} fails without it, in the way one would look up`, async (t) => {
      const { target } = await startTestBmc(t, { quirks: [quirk] });
      await assert.rejects(createTestClient(t).chassisStatus(target, { deadlineMs: 5_000 }), isExpected);
    });
  }

  for (const quirk of [
    "opensesspriv",
    "sun20",
    "supermicro20",
    "nochecksumcheck",
    "integritycheckvalue",
    "authcap",
  ] as const) {
    test(`${quirk} does a BMC no harm that does not have it`, async (t) => {
      const { target } = await startTestBmc(t);
      const status = await createTestClient(t).chassisStatus({ ...target, quirks: [quirk] });
      assert.equal(status.powerState, "on");
    });
  }

  test("a wrong K_g opens no session to a BMC whose integrity check values are not looked at", async (t) => {
    const { target, controls } = await startTestBmc(t, {
      quirks: ["integritycheckvalue"],
      kg: new Uint8Array(20).fill(7),
    });
    const told: BmcTarget = { ...target, quirks: ["integritycheckvalue"] };
    await assert.rejects(createTestClient(t).chassisControl(told, "power-off", { deadlineMs: 2_000 }), BmcTimeoutError);
    assert.deepEqual(controls, []);
  });

  test("a BMC whose authentication capabilities lie (authcap) works: they are not asked for", async (t) => {
    const { target } = await startTestBmc(t, { quirks: ["authcap"] });
    assert.equal((await createTestClient(t).chassisStatus(target)).powerState, "on");
  });
});
