import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { USERNAME, startTestBmc } from "../infra/ipmi-js/support/test-bmc.ts";
import { freeIpmi } from "./free-ipmi.ts";

const CREDENTIALS = { username: USERNAME, password: "horse" } as const;

async function startBmc(t: TestContext) {
  const { bmc, controls } = await startTestBmc(t, { users: [CREDENTIALS] });
  return { target: { address: bmc.address, port: bmc.port, ...CREDENTIALS }, controls };
}

for (const suite of ["3", "17"]) {
  test(`ipmipower reads the status and cycles with cipher suite ${suite}`, async (t) => {
    const { target, controls } = await startBmc(t);
    const status = await freeIpmi(t, target, ["ipmipower", "-I", suite, "--stat"]);
    assert.equal(status.stdout, "127.0.0.1: on\n");
    const cycled = await freeIpmi(t, target, ["ipmipower", "-I", suite, "--cycle"]);
    assert.equal(cycled.stdout, "127.0.0.1: ok\n");
    assert.equal(controls[0]?.action, "power-cycle");
  });
}

test("ipmipower is told that its password is wrong", async (t) => {
  const { target } = await startBmc(t);
  const { stdout } = await freeIpmi(t, { ...target, password: "mule" }, ["ipmipower", "-I", "17", "--stat"]);
  assert.equal(stdout, "127.0.0.1: password invalid\n");
});

test("ipmi-chassis reads the chassis status", async (t) => {
  const { target } = await startBmc(t);
  const { stdout } = await freeIpmi(t, target, ["ipmi-chassis", "-I", "17", "--get-chassis-status"]);
  assert.match(stdout, /System Power +: on\n/);
});
