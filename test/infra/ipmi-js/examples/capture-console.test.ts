import assert from "node:assert/strict";
import { test } from "node:test";
import { captureConsole } from "../../../../infra/ipmi-js/examples/capture-console.ts";
import { createSerialPort } from "../../../../infra/ipmi-js/index.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

test("the example keeps the end of what the machine wrote", async (t) => {
  const typed = new AbortController();
  const serialPort = createSerialPort();
  const { target } = await startTestBmc(t, { serialPort });
  const console = await createTestClient(t).openConsole(target);
  const captured = captureConsole(console, { keepBytes: 20, signal: typed.signal });
  serialPort.write("a long story, and then: kernel panic - not syncing");
  // Input is accepted after the output before it has been sent.
  await console.write("x");
  typed.abort();
  assert.equal(await captured, "l panic - not syncing".slice(-20));
});
