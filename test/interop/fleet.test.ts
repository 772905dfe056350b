import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedNode } from "../../infra/simulator/index.ts";
import { startSite } from "../infra/simulator/support/site.ts";
import { type FreeIpmiTarget, freeIpmi } from "./free-ipmi.ts";
import { runTool } from "./run-tool.ts";

test("ipmipower reads and resets the machines of a simulated fleet, which boot again", async (t) => {
  await using site = await startSite({ nodes: [{ name: "pc1" }, { name: "pc2" }], firstAddress: "127.83.2.1" });
  await Promise.all(
    site.fleet.nodes.map(async ({ name, ...node }) => {
      const target = bmcOf(node);
      const status = await freeIpmi(t, target, ["ipmipower", "-I", "17", "--stat"]);
      assert.equal(status.stdout, `${node.address}: on\n`);
      const reset = await freeIpmi(t, target, ["ipmipower", "-I", "17", "--reset"]);
      assert.equal(reset.stdout, `${node.address}: ok\n`);
      await site.node(name).reported("ISUP", 2);
    }),
  );
});

test("ipmitool turns a machine of a simulated fleet off and on, which boots again", async () => {
  await using site = await startSite({ nodes: [{ name: "pc1" }], firstAddress: "127.83.3.1" });
  const node = site.node("pc1");
  const power = async (verb: string) => {
    const where = ["-I", "lanplus", "-C", "17", "-H", node.address, "-p", String(node.bmcPort)];
    const args = [...where, "-U", node.bmcUsername, "-E", "chassis", "power", verb];
    const { stdout, stderr } = await runTool("ipmitool", args, { env: { IPMI_PASSWORD: node.bmcPassword } });
    return stdout + stderr;
  };

  assert.equal(await power("status"), "Chassis Power is on\n");
  assert.equal(await power("off"), "Chassis Power Control: Down/Off\n");
  assert.equal(await power("status"), "Chassis Power is off\n");
  assert.equal(await node.isAnswering(), false);
  assert.equal(await power("on"), "Chassis Power Control: Up/On\n");
  await node.reported("ISUP", 2);
  assert.equal(await node.isAnswering(), true);
});

function bmcOf({ address, bmcPort, bmcUsername, bmcPassword }: Omit<SimulatedNode, "name">): FreeIpmiTarget {
  return { address, port: bmcPort, username: bmcUsername, password: bmcPassword };
}
