import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BmcPasswordError,
  CompletionCodeError,
  type ConsoleCapture,
  captureConsole,
  createSerialPort,
} from "../../../../infra/ipmi-js/index.ts";
import { until } from "../../simulator/support/until.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

function shows(capture: ConsoleCapture, text: string): Promise<true> {
  return until(`the tail ends with ${text}`, () => capture.tail().endsWith(text));
}

describe("a capture of a console", { concurrency: true }, () => {
  test("keeps the end of what the machine writes, and ends when it is stopped", async (t) => {
    const serialPort = createSerialPort();
    const { target, bmc } = await startTestBmc(t, { serialPort });
    const capture = captureConsole(createTestClient(t), target, { keepBytes: 20 });
    await capture.ready;
    serialPort.write("a long story, and then: kernel panic - not syncing");
    await shows(capture, "syncing");
    assert.equal(await capture.stop(), "l panic - not syncing".slice(-20));
    assert.equal(capture.problem, undefined);
    assert.equal(bmc.sessionCount, 0);
  });

  test("ends with its signal, and keeps its tail", async (t) => {
    const serialPort = createSerialPort();
    const { target } = await startTestBmc(t, { serialPort });
    const stopping = new AbortController();
    const capture = captureConsole(createTestClient(t), target, { signal: stopping.signal });
    await capture.ready;
    serialPort.write("login: ");
    await shows(capture, "login: ");
    stopping.abort();
    assert.equal(await capture.stop(), "login: ");
    assert.equal(serialPort.isOpen, false);
  });

  test("whose signal was aborted before asks for nothing", async (t) => {
    const { target, bmc } = await startTestBmc(t, { serialPort: createSerialPort() });
    const capture = captureConsole(createTestClient(t), target, { signal: AbortSignal.abort() });
    await capture.ready;
    assert.equal(await capture.stop(), "");
    assert.equal(bmc.packetCount, 0);
  });

  test("opens a console again that the BMC ended, and goes on", async (t) => {
    const serialPort = createSerialPort();
    const { target } = await startTestBmc(t, { serialPort });
    await using capture = captureConsole(createTestClient(t), target);
    await capture.ready;
    serialPort.write("before, ");
    await shows(capture, "before, ");
    const taken = await createTestClient(t).openConsole(target, { takeOver: true });
    await taken.close();
    await until("the console is open again", () => serialPort.isOpen);
    serialPort.write("after");
    await shows(capture, "before, after");
  });

  test("waits for a console that somebody else has, and says so", async (t) => {
    const serialPort = createSerialPort();
    const { target } = await startTestBmc(t, { serialPort });
    const other = await createTestClient(t).openConsole(target);
    await using capture = captureConsole(createTestClient(t), target);
    await capture.ready;
    assert.ok(capture.problem instanceof CompletionCodeError);
    await other.close();
    await until("the console is ours", () => capture.problem === undefined);
    serialPort.write("ours");
    await shows(capture, "ours");
  });

  test("never tries a wrong password again", async (t) => {
    const { target, bmc } = await startTestBmc(t, { serialPort: createSerialPort() });
    const capture = captureConsole(createTestClient(t), { ...target, password: "wrong" });
    await capture.ready;
    assert.ok(capture.problem instanceof BmcPasswordError);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    // What has been sent has arrived.
    await pause(300);
    const packets = bmc.packetCount;
    await pause(1_300);
    assert.equal(bmc.packetCount, packets);
    assert.equal(await capture.stop(), "");
  });

  test("of a machine without a serial port is a problem, not an error", async (t) => {
    const { target } = await startTestBmc(t);
    await using capture = captureConsole(createTestClient(t), target);
    await capture.ready;
    assert.ok(capture.problem instanceof CompletionCodeError);
    assert.equal(capture.tail(), "");
  });

  test("ends with its client", async (t) => {
    const serialPort = createSerialPort();
    const { target } = await startTestBmc(t, { serialPort });
    const client = createTestClient(t);
    const capture = captureConsole(client, target);
    await capture.ready;
    await client.close();
    assert.equal(await capture.stop(), "");
    assert.equal(serialPort.isOpen, false);
  });
});
