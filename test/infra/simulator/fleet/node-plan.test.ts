import assert from "node:assert/strict";
import { test } from "node:test";
import type { FaultName } from "../../../../infra/simulator/index.ts";
import { planNodes } from "../../../../infra/simulator/fleet/node-plan.ts";

function specs(count: number) {
  return Array.from({ length: count }, (_, at) => ({ name: `pc${at + 1}` }));
}

test("addresses count up from 127.16.0.1, one for each node, none ending in 0 or 255", () => {
  const addresses = planNodes(specs(1_000)).map(({ address }) => address);

  assert.equal(addresses[0], "127.16.0.1");
  assert.equal(addresses[253], "127.16.0.254");
  assert.equal(addresses[254], "127.16.1.1");
  assert.equal(new Set(addresses).size, 1_000);
  assert.ok(addresses.every((address) => !/\.(0|255)$/.test(address)));
});

test("addresses can begin elsewhere", () => {
  const plans = planNodes(specs(2), "127.31.255.254");

  assert.deepEqual(
    plans.map(({ address }) => address),
    ["127.31.255.254", "127.32.0.1"],
  );
});

const refused = [
  { why: "a name that comes twice", specs: [{ name: "pc1" }, { name: "pc1" }], says: /pc1 comes twice/ },
  {
    why: "a fault that does not exist",
    specs: [{ name: "pc1", faults: ["on-fire" as FaultName] }],
    says: /unknown fault on-fire/,
  },
  { why: "an address that is not loopback", specs: specs(1), firstAddress: "10.0.0.1", says: /127\.x\.y\.z/ },
  { why: "an octet above 255", specs: specs(1), firstAddress: "127.0.0.256", says: /127\.x\.y\.z/ },
  { why: "more nodes than addresses", specs: specs(3), firstAddress: "127.255.255.253", says: /more nodes/ },
];

for (const { why, specs: wanted, firstAddress, says } of refused) {
  test(`${why} is refused`, () => {
    assert.throws(() => planNodes(wanted, firstAddress), { code: "fleet-options-invalid", message: says });
  });
}
