import assert from "node:assert/strict";
import { test } from "node:test";
import { netmaskOf, parseSubnet } from "../../../../agents/cli/boot-config/boot-network.ts";
import { dnsmasqConfig } from "../../../../agents/cli/boot-config/dnsmasq.ts";
import { keaConfig } from "../../../../agents/cli/boot-config/kea.ts";
import { network } from "./network.ts";

test("a subnet is read with its mask", () => {
  const masks = ["10.0.0.0/8", "10.1.0.0/23", "10.0.0.0/30"].map((text) => netmaskOf(parseSubnet(text)!));
  assert.deepEqual(masks, ["255.0.0.0", "255.255.254.0", "255.255.255.252"]);
});

for (const text of [
  "10.0.0.0",
  "10.0.0.0/31",
  "10.0.0.0/7",
  "10.0.0.256/24",
  "fd00::/64",
  "10.0.0.0/24\ndhcp-script=x",
]) {
  test(`${JSON.stringify(text)} is no subnet`, () => assert.equal(parseSubnet(text), undefined));
}

test("dnsmasq gives each node its own address, and strangers none; iPXE gets the boot agent's first script", () => {
  const lines = dnsmasqConfig(network).split("\n");
  assert.ok(lines.includes("dhcp-host=52:54:00:00:00:01,10.0.0.11,pc1"));
  assert.ok(lines.includes("dhcp-range=10.0.0.0,static,255.255.255.0,1h"));
  assert.ok(lines.includes("dhcp-ignore=tag:!known"));
  assert.ok(lines.includes("dhcp-boot=tag:ipxe,http://10.0.0.1:8080/boot.ipxe"));
});

test("Kea does the same", () => {
  const { Dhcp4 } = JSON.parse(keaConfig(network)) as { Dhcp4: Record<string, unknown[]> };
  assert.deepEqual(Dhcp4["subnet4"], [
    {
      id: 1,
      subnet: "10.0.0.0/24",
      reservations: [
        { "hw-address": "52:54:00:00:00:01", "ip-address": "10.0.0.11", hostname: "pc1" },
        { "hw-address": "52:54:00:00:00:02", "ip-address": "10.0.0.12", hostname: "pc2" },
      ],
    },
  ]);
  assert.equal(JSON.stringify(Dhcp4).includes("pools"), false);
});
