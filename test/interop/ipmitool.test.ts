import assert from "node:assert/strict";
import { test } from "node:test";
import type { BmcTarget } from "../../infra/ipmi-js/index.ts";
import { PASSWORD, USERNAME, startTestBmc } from "../infra/ipmi-js/support/test-bmc.ts";
import { runTool } from "./run-tool.ts";

function ipmitool(target: BmcTarget, args: readonly string[]) {
  const where = ["-I", "lanplus", "-H", target.address, "-p", String(target.port), "-U", USERNAME, "-E"];
  return runTool("ipmitool", [...where, ...args], { env: { IPMI_PASSWORD: PASSWORD } });
}

for (const suite of [["-C", "3"], ["-C", "17"], []]) {
  const name = suite.length === 0 ? "the best cipher suite" : `cipher suite ${suite[1] ?? ""}`;
  test(`ipmitool reads the status and turns the power off with ${name}`, async (t) => {
    const { target, controls } = await startTestBmc(t);
    const status = await ipmitool(target, [...suite, "chassis", "power", "status"]);
    assert.equal(status.stdout, "Chassis Power is on\n");
    const off = await ipmitool(target, [...suite, "chassis", "power", "off"]);
    assert.equal(off.exitStatus, 0, off.stderr);
    assert.equal(controls[0]?.action, "power-off");
  });
}

test("ipmitool sets the boot device, persistent and EFI, and reads it back", async (t) => {
  const { target, chassis } = await startTestBmc(t);
  const set = await ipmitool(target, ["-C", "17", "chassis", "bootdev", "pxe", "options=persistent,efiboot"]);
  assert.equal(set.exitStatus, 0, set.stderr);
  assert.deepEqual(chassis.bootFlags, { device: "pxe", isPersistent: true, isEfi: true });
  const got = await ipmitool(target, ["-C", "17", "chassis", "bootparam", "get", "5"]);
  assert.match(got.stdout, /Force PXE/);
});

test("ipmitool identifies the BMC, and sets policy and light", async (t) => {
  const { target } = await startTestBmc(t, { deviceId: { manufacturerId: 674 } });
  assert.match((await ipmitool(target, ["-C", "17", "mc", "info"])).stdout, /Manufacturer ID +: 674\n/);
  assert.equal((await ipmitool(target, ["-C", "17", "chassis", "policy", "always-on"])).exitStatus, 0);
  assert.equal((await ipmitool(target, ["-C", "17", "chassis", "identify", "force"])).exitStatus, 0);
  const status = await ipmitool(target, ["-C", "17", "chassis", "status"]);
  assert.match(status.stdout, /Power Restore Policy : always-on/);
});

test("ipmitool is refused with a wrong password", async (t) => {
  const { target } = await startTestBmc(t, { users: [{ username: USERNAME, password: "another" }] });
  const result = await ipmitool(target, ["-C", "17", "chassis", "power", "status"]);
  assert.equal(result.exitStatus, 1);
});
