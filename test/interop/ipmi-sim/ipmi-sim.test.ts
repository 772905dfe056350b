import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BmcPasswordError, BmcUserError, CipherSuiteRefusedError } from "../../../infra/ipmi-js/index.ts";
import { createTestClient } from "../../infra/ipmi-js/support/test-bmc.ts";
import { until } from "../../infra/simulator/support/until.ts";
import { runTool } from "../run-tool.ts";
import { type IpmiSim, startIpmiSim } from "./start-ipmi-sim.ts";

const ipmiJs = fileURLToPath(new URL("../../../infra/ipmi-js/bin/ipmi-js.mjs", import.meta.url));

describe("the client drives OpenIPMI's ipmi_sim", { concurrency: 2 }, () => {
  test("it identifies the BMC", async (t) => {
    const { target } = await startIpmiSim(t);
    const { manufacturerId, productId } = await createTestClient(t).getDeviceId(target);
    assert.deepEqual([manufacturerId, productId], [0x1291, 0xf02]);
  });

  test("it turns the power off and on, and reads it", async (t) => {
    const { target, readPower } = await startIpmiSim(t);
    const client = createTestClient(t);
    assert.equal((await client.chassisStatus(target)).powerState, "on");
    assert.deepEqual(await client.chassisControl(target, "power-off"), { outcome: "accepted" });
    assert.deepEqual([await readPower(), (await client.chassisStatus(target)).powerState], ["off", "off"]);
    assert.deepEqual(await client.chassisControl(target, "power-on"), { outcome: "accepted" });
    assert.deepEqual([await readPower(), (await client.chassisStatus(target)).powerState], ["on", "on"]);
  });

  test("a cycle goes off and on, once", async (t) => {
    const { target, readControls } = await startIpmiSim(t);
    const client = createTestClient(t);
    assert.deepEqual(await client.chassisControl(target, "power-cycle"), { outcome: "accepted" });
    await until("the power is on again", async () => (await readControls()).length > 1);
    assert.equal((await client.chassisStatus(target)).powerState, "on");
    assert.deepEqual(await readControls(), ["power 0", "power 1"]);
  });

  test("a reset leaves the power on, and is carried out once", async (t) => {
    const { target, readControls } = await startIpmiSim(t);
    const client = createTestClient(t);
    assert.deepEqual(await client.chassisControl(target, "hard-reset"), { outcome: "accepted" });
    assert.equal((await client.chassisStatus(target)).powerState, "on");
    assert.deepEqual(await readControls(), ["reset 1"]);
  });

  for (const device of ["pxe", "cdrom", "bios", "none"] as const) {
    test(`it sets the boot device to ${device}, and reads it back`, async (t) => {
      const { target, readBootDevice } = await startIpmiSim(t);
      const client = createTestClient(t);
      await client.setBootDevice(target, { device, isPersistent: false, isEfi: false });
      assert.equal(await readBootDevice(), device);
      assert.equal((await client.getBootOptions(target)).device, device);
    });
  }

  test("a wrong password and an unknown user are told apart", async (t) => {
    const { target } = await startIpmiSim(t);
    const client = createTestClient(t);
    await assert.rejects(client.chassisStatus({ ...target, password: "wrong" }), BmcPasswordError);
    await assert.rejects(client.chassisStatus({ ...target, username: "nobody" }), BmcUserError);
  });

  test("cipher suite 17, which it lacks, is refused, and falls back when told to", async (t) => {
    const { target } = await startIpmiSim(t);
    const client = createTestClient(t);
    await assert.rejects(client.chassisStatus({ ...target, cipherSuite: 17 }), CipherSuiteRefusedError);
    const status = await client.chassisStatus({ ...target, cipherSuite: 17, fallbackCipherSuite: 3 });
    assert.equal(status.powerState, "on");
  });
});

describe("the command line drives OpenIPMI's ipmi_sim", { concurrency: 2 }, () => {
  test("it turns the power off, and reads it", async (t) => {
    const sim = await startIpmiSim(t);
    const host = hostOf(sim);
    assert.deepEqual(await power(sim, "status"), { exitStatus: 0, stdout: `${host}: on\n`, stderr: "" });
    assert.deepEqual(await power(sim, "off"), { exitStatus: 0, stdout: `${host}: ok\n`, stderr: "" });
    assert.equal(await sim.readPower(), "off");
    assert.deepEqual(await power(sim, "status"), { exitStatus: 0, stdout: `${host}: off\n`, stderr: "" });
  });

  test("it says that the password is wrong", async (t) => {
    const sim = await startIpmiSim(t);
    const { exitStatus, stdout } = await power(sim, "status", "wrong");
    assert.deepEqual([exitStatus, stdout], [1, `${hostOf(sim)}: password invalid\n`]);
  });
});

function hostOf({ target }: IpmiSim): string {
  return `${target.address}:${target.port}`;
}

function power(sim: IpmiSim, verb: string, password = sim.target.password) {
  const args = ["power", verb, hostOf(sim), "-u", sim.target.username, "-I", "3"];
  return runTool(process.execPath, [ipmiJs, ...args], { env: { IPMI_PASSWORD: password } });
}
