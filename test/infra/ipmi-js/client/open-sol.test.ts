import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  BmcTimeoutError,
  CompletionCodeError,
  type SolConsole,
  createSerialPort,
} from "../../../../infra/ipmi-js/index.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { createTestClient, startTestBmc } from "../support/test-bmc.ts";

/** Reads until `length` characters have come. */
async function readText(console: SolConsole, length: number): Promise<string> {
  let text = "";
  for await (const bytes of console) {
    text += Buffer.from(bytes).toString();
    if (text.length >= length) break;
  }
  return text;
}

describe("a console over LAN", { concurrency: true }, () => {
  test("shows what the machine writes, and types what it is given", async (t) => {
    const typed: string[] = [];
    const serialPort = createSerialPort((bytes) => typed.push(Buffer.from(bytes).toString()));
    const { target } = await startTestBmc(t, { serialPort });
    const console = await createTestClient(t).openConsole(target);

    serialPort.write("login: ");
    assert.equal(await readText(console, 7), "login: ");
    await console.write("root\r");
    assert.deepEqual(typed, ["root\r"]);
  });

  test("shows a long boot whole and in order, in both directions of loss", async (t) => {
    const typed: string[] = [];
    const serialPort = createSerialPort((bytes) => typed.push(Buffer.from(bytes).toString()));
    const { target, bmc } = await startTestBmc(t, { serialPort });
    const console = await createTestClient(t).openConsole(target);
    bmc.setFaults({ lossRate: 0.1, duplicate: true, random: seededRandom(11) });

    const boot = Array.from({ length: 100 }, (_, line) => `[${line}] a line of the kernel's\n`).join("");
    serialPort.write(boot);
    assert.equal(await readText(console, boot.length), boot);
    await console.write("x".repeat(500));
    assert.equal(typed.join(""), "x".repeat(500));
  });

  test("does not hold up the commands to the same BMC", async (t) => {
    const { target, bmc } = await startTestBmc(t, { serialPort: createSerialPort() });
    const client = createTestClient(t);
    await using console = await client.openConsole(target);
    assert.ok(console);
    assert.equal((await client.chassisStatus(target)).powerState, "on");
    assert.equal(bmc.sessionCount, 2);
  });

  test("ends its iteration, its session and the serial line when it is closed", async (t) => {
    const serialPort = createSerialPort();
    const { target, bmc } = await startTestBmc(t, { serialPort });
    const console = await createTestClient(t).openConsole(target);
    assert.equal(serialPort.isOpen, true);
    await console.close();
    assert.equal(await readText(console, 1), "");
    assert.equal(serialPort.isOpen, false);
    assert.equal(bmc.sessionCount, 0);
  });

  test("is closed with its client", async (t) => {
    const serialPort = createSerialPort();
    const { target, bmc } = await startTestBmc(t, { serialPort });
    const client = createTestClient(t);
    await client.openConsole(target);
    await client.close();
    assert.equal(serialPort.isOpen, false);
    assert.equal(bmc.sessionCount, 0);
  });

  test("is not taken from another session, unless it is to be taken over", async (t) => {
    const serialPort = createSerialPort();
    const { target } = await startTestBmc(t, { serialPort });
    const first = await createTestClient(t).openConsole(target);
    const second = createTestClient(t);
    await assert.rejects(
      second.openConsole(target),
      (error) => error instanceof CompletionCodeError && error.completionCode === 0x80,
    );
    const taken = await second.openConsole(target, { takeOver: true });
    assert.equal(await readText(first, 1), "");
    serialPort.write("yours");
    assert.equal(await readText(taken, 5), "yours");
  });

  test("a BMC without a serial port refuses it, and keeps no session", async (t) => {
    const { target, bmc } = await startTestBmc(t);
    await assert.rejects(
      createTestClient(t).openConsole(target),
      (error) => error instanceof CompletionCodeError && error.completionCode === 0x81,
    );
    assert.equal(bmc.sessionCount, 0);
  });

  test("input that the BMC never accepts is told", async (t) => {
    const { target, bmc } = await startTestBmc(t, { serialPort: createSerialPort() });
    const console = await createTestClient(t).openConsole(target);
    bmc.setFaults({ dead: true });
    await assert.rejects(console.write("hello", { deadlineMs: 500 }), BmcTimeoutError);
  });
});
