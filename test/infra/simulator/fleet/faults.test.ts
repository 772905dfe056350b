import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { describe, test } from "node:test";
import { type FaultName, faultNames, isFaultName } from "../../../../infra/simulator/index.ts";
import { answeredPings } from "../support/presence-ping.ts";
import { startSite } from "../support/site.ts";
import { until } from "../support/until.ts";

/** A site of one node with these faults; each test has a block of addresses of its own. */
async function siteWith(faults: readonly FaultName[], block: number) {
  const site = await startSite({ nodes: [{ name: "pc1", faults }], firstAddress: `127.18.${block}.1` });
  return Object.assign(site, { pc1: site.node("pc1") });
}

describe("a fault of a simulated node", { concurrency: 4 }, () => {
  test("has a name that is known", () => {
    assert.ok(faultNames.every(isFaultName));
    assert.equal(isFaultName("on-fire"), false);
  });

  test("bmc-dead: nothing answers at the BMC's port, the machine itself is well", async () => {
    await using site = await siteWith(["bmc-dead"], 1);

    await assert.rejects(site.pc1.powerState(), { code: "bmc-unreachable" });
    assert.equal((await site.pc1.ssh("reveille-prepare")).exitCode, 0);
  });

  test("bmc-wrong-password: the BMC refuses the password of the inventory", async () => {
    await using site = await siteWith(["bmc-wrong-password"], 2);

    await assert.rejects(site.pc1.powerState(), { code: "bmc-password-invalid" });
  });

  test("bmc-slow: every reply takes two seconds", async () => {
    await using site = await siteWith(["bmc-slow"], 3);
    const before = performance.now();

    const { powerState } = await site.ipmi.chassisStatus(site.pc1.bmc, { deadlineMs: 30_000 });

    assert.equal(powerState, "on");
    // A status takes four exchanges at least, set-up included.
    assert.ok(performance.now() - before >= 7_900);
  });

  test("bmc-busy: the BMC is busy for three seconds from the first contact, then well", async () => {
    await using site = await siteWith(["bmc-busy"], 4);
    const before = performance.now();
    await assert.rejects(site.ipmi.chassisStatus(site.pc1.bmc, { deadlineMs: 1_000 }), { code: "bmc-busy" });

    assert.equal(await site.pc1.powerState(), "on");

    assert.ok(performance.now() - before >= 2_900);
    const again = performance.now();
    await site.pc1.powerState();
    assert.ok(performance.now() - again < 1_000);
  });

  test("bmc-lossy: a tenth of the packets is lost each way, the same ones for the same seed", async () => {
    const answeredOf = async () => {
      await using site = await siteWith(["bmc-lossy"], 5);
      return await answeredPings(site.pc1, 200);
    };

    const answered = await answeredOf();

    assert.ok(answered.length > 140 && answered.length < 180, `${answered.length} of 200 were answered`);
    assert.deepEqual(await answeredOf(), answered);
  });

  test("bmc-lossy: a client that asks again gets through", async () => {
    await using site = await siteWith(["bmc-lossy"], 6);

    await site.pc1.control("power-off");

    assert.equal(await site.pc1.powerState(), "off");
  });

  test("ssh-hangs: the port accepts and says nothing, an interrupt changes nothing, a power cycle brings it back as it was", async () => {
    await using site = await siteWith(["ssh-hangs"], 7);
    const login = () => site.login.run(site.pc1, "reboot", { connectTimeoutS: 1 });

    assert.equal(await site.pc1.isAnswering(), true);
    assert.match((await login()).stderr, /timed out/);
    await site.pc1.control("diagnostic-interrupt");
    await site.pc1.control("soft-shutdown");
    assert.equal(await site.pc1.isAnswering(), true);

    await site.pc1.control("power-cycle");
    await site.pc1.reported("ISUP", 2);
    assert.equal(await site.pc1.isAnswering(), true);
    assert.match((await login()).stderr, /timed out/);
    const downs = (await site.pc1.journal()).filter(({ kind }) => kind === "down");
    assert.equal(downs.length, 1);
  });

  test("ssh-hangs: a client that leaves is let go", async () => {
    await using site = await siteWith(["ssh-hangs"], 8);
    const socket = createConnection({ host: site.pc1.address, port: site.pc1.sshPort });
    socket.on("connect", () => socket.end("SSH-2.0-client\r\n"));

    let isOver = false;
    socket.on("close", () => (isOver = true));
    socket.resume();

    await until("the server closes its side", () => isOver);
  });

  test("powered-off: off and silent when the site has started, sound once it is powered on", async () => {
    await using site = await siteWith(["powered-off"], 9);

    assert.equal(await site.pc1.powerState(), "off");
    assert.equal(await site.pc1.isAnswering(), false);
    assert.deepEqual(site.pc1.states(), []);

    await site.pc1.control("power-on");
    await site.pc1.reported("ISUP", 1);
    assert.equal(await site.pc1.isAnswering(), true);
  });

  test("hangs-in-bios: up at the start; after a restart its power is on and nothing comes", async () => {
    await using site = await siteWith(["hangs-in-bios"], 10);
    assert.equal(await site.pc1.isAnswering(), true);

    await site.pc1.control("power-cycle");
    await until("its power is on", async () => (await site.pc1.powerState()) === "on");
    // Had it a boot to go through, that boot's longest time is over when a sound neighbour has restarted twice.
    await using neighbour = await siteWith([], 11);
    for (const restart of [2, 3]) {
      await neighbour.pc1.control("hard-reset");
      await neighbour.pc1.reported("ISUP", restart);
    }

    assert.equal(await site.pc1.isAnswering(), false);
    assert.deepEqual(site.pc1.states(), ["BOOTING", "ISUP"]);
    await site.pc1.control("diagnostic-interrupt");
    assert.equal(await site.pc1.powerState(), "on");
  });

  test("never-boots: up at the start; after a restart it reports BOOTING and no more", async () => {
    await using site = await siteWith(["never-boots"], 12);
    assert.equal(await site.pc1.isAnswering(), true);

    for (const restart of [2, 3]) {
      await site.pc1.control("hard-reset");
      await site.pc1.reported("BOOTING", restart);
      assert.equal(await site.pc1.isAnswering(), false);
    }

    assert.deepEqual(site.pc1.states(), ["BOOTING", "ISUP", "BOOTING", "BOOTING"]);
  });

  test("combines with others", async () => {
    await using site = await siteWith(["powered-off", "never-boots", "bmc-busy"], 13);

    assert.equal(await site.pc1.powerState(), "off");
    await site.pc1.control("power-on");
    await site.pc1.reported("BOOTING", 1);

    assert.equal(await site.pc1.isAnswering(), false);
  });
});
