import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type TestContext, describe, test } from "node:test";
import {
  BmcBusyError,
  BmcKgError,
  BmcNoSessionSlotError,
  BmcPasswordError,
  BmcPrivilegeError,
  BmcTimeoutError,
  BmcUnreachableError,
  BmcUserError,
  CipherSuiteRefusedError,
  ClientClosedError,
  CompletionCodeError,
} from "../../../../infra/ipmi-js/index.ts";
import { until } from "../../simulator/support/until.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { PASSWORD, USERNAME, createTestClient, startTestBmc } from "../support/test-bmc.ts";

describe("an IPMI client", { concurrency: true }, () => {
  for (const cipherSuite of [3, 17] as const) {
    test(`a status is read with cipher suite ${cipherSuite}`, async (t) => {
      const { target, bmc } = await startTestBmc(t, { cipherSuites: [cipherSuite] });
      const client = createTestClient(t);
      const status = await client.chassisStatus({ ...target, cipherSuite });
      assert.equal(status.powerState, "on");
      assert.equal(bmc.sessionCount, 1);
    });
  }

  test("two calls share a session, which is closed with the client", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t);
    await Promise.all([client.chassisStatus(target), client.getDeviceId(target)]);
    assert.equal(bmc.sessionCount, 1);
    await client.close();
    assert.equal(bmc.sessionCount, 0);
  });

  test("a session that the BMC forgot is opened again", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t);
    await client.chassisStatus(target);
    bmc.forgetSessions();
    const status = await client.chassisStatus(target);
    assert.equal(status.powerState, "on");
  });

  test("the device is identified", async (t) => {
    const deviceId = { manufacturerId: 674, productId: 256, firmwareRevision: "2.05" };
    const { target } = await startTestBmc(t, { deviceId });
    const device = await createTestClient(t).getDeviceId(target);
    assert.deepEqual({ ...device, ...deviceId }, device);
    assert.equal(device.ipmiVersion, "2.0");
  });

  test("the boot device is set at the chassis, and read back", async (t) => {
    const { target, chassis } = await startTestBmc(t);
    const client = createTestClient(t);
    for (const device of ["pxe", "disk", "cdrom", "bios"] as const) {
      const flags = { device, isPersistent: device === "disk", isEfi: device !== "bios" };
      await client.setBootDevice(target, flags);
      assert.deepEqual(chassis.bootFlags, flags);
      assert.deepEqual(await client.getBootOptions(target), { ...flags, isValid: true });
    }
  });

  test("the power restore policy and the identify light are set, and read back", async (t) => {
    const { target } = await startTestBmc(t);
    const client = createTestClient(t);
    await client.setPowerRestorePolicy(target, "always-on");
    await client.identify(target, "indefinite");
    assert.equal(await client.getPowerRestorePolicy(target), "always-on");
    assert.equal((await client.chassisStatus(target)).identify, "indefinite");
  });

  test("a wrong password is told at once, and leaves no session behind", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t);
    const startedAt = performance.now();
    const password = "wrong horse";
    await assert.rejects(client.chassisStatus({ ...target, password }), (error: Error) => {
      assert.ok(error instanceof BmcPasswordError);
      assert.equal(error.username, USERNAME);
      assert.ok(!error.message.includes(password), "the password is in the message");
      return true;
    });
    assert.ok(performance.now() - startedAt < 3_000);
    await client.chassisStatus(target);
    assert.equal(bmc.sessionCount, 1);
  });

  test("calls that wait behind one whose password is wrong are no more attempts", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t);
    const wrong = { ...target, password: "wrong horse" };
    const calls = Array.from({ length: 5 }, () => assert.rejects(client.chassisStatus(wrong), BmcPasswordError));
    await Promise.all(calls);
    // Of five attempts, Open Session and RAKP 1 alone would be ten packets.
    assert.ok(bmc.packetCount < 10, `${bmc.packetCount} packets`);
    await assert.rejects(client.chassisStatus(wrong), BmcPasswordError);
  });

  test("a session that was not used for long is closed", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t, { keepSessionMs: 100 });
    await client.chassisStatus(target);
    assert.equal(bmc.sessionCount, 1);
    await until("the session is closed", () => bmc.sessionCount === 0);
    assert.equal((await client.chassisStatus(target)).powerState, "on");
  });

  test("an unknown user is told at once", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const startedAt = performance.now();
    await assert.rejects(createTestClient(t).chassisStatus({ ...target, username: "nobody" }), BmcUserError);
    assert.ok(performance.now() - startedAt < 3_000);
    assert.equal(bmc.sessionCount, 0);
  });

  test("K_g is used where the BMC has one", async (t) => {
    const kg = new Uint8Array(20).fill(7);
    const { target } = await startTestBmc(t, { kg });
    const client = createTestClient(t);
    assert.equal((await client.chassisStatus({ ...target, kg })).powerState, "on");
    await assert.rejects(client.chassisStatus(target), BmcKgError);
  });

  test("a control that the user's privilege does not allow is refused", async (t) => {
    const { target, controls } = await startTestBmc(t, {
      users: [{ username: USERNAME, password: PASSWORD, privilege: "user" }],
    });
    const client = createTestClient(t);
    await assert.rejects(client.chassisControl(target, "power-off"), BmcPrivilegeError);
    await assert.rejects(client.chassisControl({ ...target, privilege: "user" }, "power-off"), BmcPrivilegeError);
    assert.equal((await client.chassisStatus({ ...target, privilege: "user" })).powerState, "on");
    assert.deepEqual(controls, []);
  });

  test("a BMC without the cipher suite refuses it, unless another may be tried", async (t) => {
    const { target } = await startTestBmc(t, { cipherSuites: [3] });
    const client = createTestClient(t);
    await assert.rejects(client.chassisStatus(target), CipherSuiteRefusedError);
    assert.equal((await client.chassisStatus({ ...target, fallbackCipherSuite: 3 })).powerState, "on");
  });

  test("a BMC that says nothing is unreachable after four seconds, however far the deadline", async (t) => {
    const { target } = await startTestBmc(t, { faults: { dead: true } });
    const startedAt = performance.now();
    await assert.rejects(createTestClient(t).chassisStatus(target), BmcUnreachableError);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 3_000 && tookMs < 5_000, `${tookMs} ms`);
  });

  test("a BMC that says nothing is unreachable at the deadline, if that is earlier", async (t) => {
    const { target } = await startTestBmc(t, { faults: { dead: true } });
    const startedAt = performance.now();
    await assert.rejects(createTestClient(t).chassisStatus(target, { deadlineMs: 300 }), BmcUnreachableError);
    assert.ok(performance.now() - startedAt < 1_000);
  });

  test("a BMC that takes two seconds for each reply is read within a deadline that allows it", async (t) => {
    const { target } = await startTestBmc(t, { faults: { replyDelayMs: 2_000 } });
    const status = await createTestClient(t).chassisStatus(target, { deadlineMs: 15_000 });
    assert.equal(status.powerState, "on");
  });

  test("a BMC that takes two seconds for each reply is late, not unreachable, at a shorter deadline", async (t) => {
    const { target } = await startTestBmc(t, { faults: { replyDelayMs: 2_000 } });
    await assert.rejects(createTestClient(t).chassisStatus(target, { deadlineMs: 5_000 }), BmcTimeoutError);
  });

  test("ten packets of a hundred lost each way do no harm", async (t) => {
    const random = seededRandom(6);
    const client = createTestClient(t);
    const bmcs = await Promise.all(
      Array.from({ length: 20 }, () => startTestBmc(t, { faults: { lossRate: 0.1, random } })),
    );
    const states = await Promise.all(bmcs.map(({ target }) => client.chassisStatus(target)));
    assert.deepEqual(new Set(states.map(({ powerState }) => powerState)), new Set(["on"]));
  });

  test("replies that come twice, or late, are ignored and counted", async (t) => {
    const random = seededRandom(7);
    const { target } = await startTestBmc(t, { faults: { duplicate: true, lateRate: 0.3, random } });
    const client = createTestClient(t);
    for (let n = 0; n < 5; n++) assert.equal((await client.chassisStatus(target)).powerState, "on");
    assert.ok(client.strayPackets >= 5, `${client.strayPackets} stray packets`);
  });

  test("a BMC that is busy at first is asked until it is not", async (t) => {
    const { target } = await startTestBmc(t, { faults: { busyForMs: 800 } });
    assert.equal((await createTestClient(t).chassisStatus(target)).powerState, "on");
  });

  test("a BMC that stays busy is said to be, at the deadline", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const client = createTestClient(t);
    await client.connect(target);
    bmc.setFaults({ busyForMs: 60_000 });
    const call = client.chassisStatus(target, { deadlineMs: 700 });
    await assert.rejects(call, (error) => error instanceof BmcBusyError && error.completionCode === 0xc0);
  });

  test("a BMC without a free session slot is asked again until it has one", async (t) => {
    const { target, bmc } = await startTestBmc(t, { faults: { noSlots: true } });
    const call = createTestClient(t, { random: () => 0 }).chassisStatus(target);
    setTimeout(() => bmc.setFaults({}), 200);
    assert.equal((await call).powerState, "on");
  });

  test("a BMC that never has a free session slot is said to have none", async (t) => {
    const { target } = await startTestBmc(t, { faults: { noSlots: true } });
    const call = createTestClient(t).chassisStatus(target, { deadlineMs: 3_000 });
    await assert.rejects(call, BmcNoSessionSlotError);
  });

  test("what the machine refuses in its present state is told with its completion code", async (t) => {
    const { target } = await startTestBmc(t, { power: { powerState: "off" } });
    await assert.rejects(
      createTestClient(t).chassisControl(target, "hard-reset"),
      (error) => error instanceof CompletionCodeError && error.completionCode === 0xd5 && error.command === 2,
    );
  });

  test("a call that is called off is rejected with its signal's reason", async (t) => {
    const { target } = await startTestBmc(t, { faults: { dead: true } });
    const reason = new Error("called off");
    const controller = new AbortController();
    const call = createTestClient(t).chassisStatus(target, { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(call, reason);
  });

  test("closing the client rejects what is under way, and what comes later", async (t) => {
    const { target } = await startTestBmc(t, { faults: { dead: true } });
    const client = createTestClient(t);
    const call = client.chassisStatus(target);
    const rejected = assert.rejects(call, ClientClosedError);
    await client.close();
    await rejected;
    await assert.rejects(client.chassisStatus(target), ClientClosedError);
  });

  test("a client that closes each session after use closes the last ones before its sockets", async (t) => {
    const { target, bmc } = await startTestBmc(t, { faults: { replyDelayMs: 500 } });
    const client = createTestClient(t, { keepSessionMs: 0 });
    await client.chassisStatus(target);
    await client.close();
    assert.equal(bmc.sessionCount, 0);
  });

  test("a reply from another address than the BMC's is not taken", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    const relay = await startRelay(t, bmc.port, { repliesFromElsewhere: true });
    const call = createTestClient(t).chassisStatus({ ...target, port: relay }, { deadlineMs: 700 });
    await assert.rejects(call, BmcUnreachableError);
  });
});

/** Passes a client's packets on to the BMC, and the replies back, from its own port or from another. */
async function startRelay(
  t: TestContext,
  bmcPort: number,
  options: { readonly repliesFromElsewhere: boolean },
): Promise<number> {
  const front = createSocket("udp4");
  const back = createSocket("udp4");
  let clientPort = 0;
  front.on("message", (packet, from) => {
    clientPort = from.port;
    back.send(packet, bmcPort, "127.0.0.1");
  });
  back.on("message", (packet) => {
    (options.repliesFromElsewhere ? back : front).send(packet, clientPort, "127.0.0.1");
  });
  front.bind(0, "127.0.0.1");
  back.bind(0, "127.0.0.1");
  await Promise.all([once(front, "listening"), once(back, "listening")]);
  t.after(() => {
    front.close();
    back.close();
  });
  return front.address().port;
}
