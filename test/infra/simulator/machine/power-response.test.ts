import assert from "node:assert/strict";
import { test } from "node:test";
import { powerResponse } from "../../../../infra/simulator/machine/power-response.ts";

const off = { isOn: false, hasListeningKernel: false };
const deaf = { isOn: true, hasListeningKernel: false };
const running = { isOn: true, hasListeningKernel: true };

const table = [
  { control: "on", off: "start", deaf: "nothing", running: "nothing" },
  { control: "off", off: "nothing", deaf: "cut", running: "cut" },
  { control: "cycle", off: "refuse", deaf: "cut-and-start", running: "cut-and-start" },
  { control: "reset", off: "refuse", deaf: "restart", running: "restart" },
  { control: "diag", off: "refuse", deaf: "nothing", running: "panic" },
  { control: "soft", off: "nothing", deaf: "nothing", running: "shut-down" },
] as const;

for (const row of table) {
  test(`power ${row.control}: ${row.off} when off, ${row.deaf} without a kernel that listens, else ${row.running}`, () => {
    assert.equal(powerResponse(row.control, off), row.off);
    assert.equal(powerResponse(row.control, deaf), row.deaf);
    assert.equal(powerResponse(row.control, running), row.running);
  });
}
