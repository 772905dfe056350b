import assert from "node:assert/strict";
import { test } from "node:test";
import { cycleAndWatch } from "../../../../infra/ipmi-js/examples/capture-console.ts";
import { createSerialPort } from "../../../../infra/ipmi-js/index.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

test("the example tells what the machine wrote while it booted", async (t) => {
  const serialPort = createSerialPort();
  const onPower = (event: string) => {
    if (event === "on") serialPort.write("\u001b[2JPXE-E53: No boot filename received\r\n");
  };
  const { target } = await startTestBmc(t, { serialPort, power: { cycleOffMs: 0, onPower } });
  const told = await cycleAndWatch(createTestClient(t), target, 1_000);
  assert.equal(told, "PXE-E53: No boot filename received\n");
});
