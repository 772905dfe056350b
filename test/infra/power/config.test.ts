import assert from "node:assert/strict";
import { test } from "node:test";
import { hasShape } from "../../../contracts/index.ts";
import { NodePower, PowerConfig } from "../../../infra/power/index.ts";

const ipmi = { driver: "ipmi", address: "10.0.0.7", username: "admin" };

for (const config of [
  ipmi,
  { ...ipmi, address: "fd00::7", port: 6230, cipherSuite: 3, quirks: ["intel20"] },
  { driver: "command", argv: { on: ["pdu", "on", "{node}"], status: ["pdu", "status", ""] } },
  { driver: "command", argv: {} },
  { driver: "none" },
]) {
  test(`${JSON.stringify(config)} is a way to control power`, () => {
    assert.ok(hasShape(PowerConfig, config));
  });
}

for (const config of [
  {},
  { driver: "telnet" },
  { driver: "none", on: true },
  { ...ipmi, password: "calvin" },
  { ...ipmi, address: "-x" },
  { ...ipmi, address: "" },
  { ...ipmi, port: 0 },
  { ...ipmi, cipherSuite: 0 },
  { ...ipmi, quirks: ["unheard-of"] },
  { ...ipmi, username: "a-name-of-seventeen" },
  { driver: "command", argv: { on: "pdu on pc1" } },
  { driver: "command", argv: { on: [] } },
  { driver: "command", argv: { on: ["pdu\0"] } },
  { driver: "command", argv: { explode: ["pdu"] } },
]) {
  test(`${JSON.stringify(config)} is refused`, () => {
    assert.ok(!hasShape(PowerConfig, config));
  });
}

test("a node has one way to control its power, or a few", () => {
  const way = { driver: "none" };
  assert.ok(hasShape(NodePower, way));
  assert.ok(hasShape(NodePower, [ipmi, way]));
  for (const wrong of [[], [{}], [[way]], Array.from({ length: 5 }, () => way)]) {
    assert.ok(!hasShape(NodePower, wrong), JSON.stringify(wrong));
  }
});
