import assert from "node:assert/strict";
import {
  type BmcTarget,
  type IpmiClient,
  IpmiError,
  type TestSerialPort,
  createChassis,
  createIpmiClient,
  createSerialPort,
  startBmc,
} from "../../../../infra/ipmi-js/index.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { startFuzzRelay } from "./fuzz-relay.ts";

const CREDENTIALS = { username: "fuzz", password: "fuzz" };

/** What one seed's conversation came to. */
export interface FuzzReport {
  readonly badPackets: number;
  readonly succeeded: number;
  readonly failed: number;
}

/**
 * Holds one conversation through a relay that damages and replays, and checks what has to hold whatever comes: calls
 * end with a result or one of the library's errors, no control is carried out twice, the machine is in the state of the
 * last control that was accepted, and afterwards BMC and client still talk to each other as if nothing had been.
 */
export async function fuzzSession(seed: number, calls: number): Promise<FuzzReport> {
  const random = seededRandom(seed);
  const chassis = createChassis({ powerState: "on", cycleOffMs: 0 });
  const serialPort = createSerialPort((typed) => serialPort.write(typed));
  let cycles = 0;
  await using bmc = await startBmc({
    address: "127.0.0.1",
    port: 0,
    users: [CREDENTIALS],
    chassis,
    serialPort,
    sessionSlots: 64,
    onControl: ({ action }) => {
      if (action === "power-cycle") cycles++;
    },
  });
  await using relay = await startFuzzRelay(bmc.port, { random, badPerPacket: 4 });
  await using client = createIpmiClient({ random, unreachableAfterMs: 500 });
  const target = { address: "127.0.0.1", ...CREDENTIALS, cipherSuite: seed % 2 === 0 ? (3 as const) : (17 as const) };
  const through = { ...target, port: relay.port };

  let cyclesSent = 0;
  const deadline = { deadlineMs: 600 };
  /** What is said, in turn. */
  const sayings: readonly (() => Promise<void>)[] = [
    async () => assert.equal((await client.chassisStatus(through, deadline)).powerState, "on"),
    async () => {
      cyclesSent++;
      await client.chassisControl(through, "power-cycle", deadline);
    },
    async () => {
      const flags = { device: "pxe", isPersistent: true, isEfi: true } as const;
      await client.setBootDevice(through, flags, deadline);
      assert.deepEqual(await client.getBootOptions(through, deadline), { ...flags, isValid: true });
    },
    async () => assert.equal((await client.getDeviceId(through, deadline)).ipmiVersion, "2.0"),
    () => talkOverConsole(client, through, serialPort),
  ];
  let succeeded = 0;
  for (let n = 0; n < calls; n++) {
    try {
      await sayings[n % sayings.length]?.();
      succeeded++;
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
    }
    assert.ok(cycles <= cyclesSent, `seed ${seed}: ${cycles} cycles carried out, ${cyclesSent} sent`);
    if (n % 4 === 3) await client.disconnect(through);
  }
  const { powerState } = await client.chassisStatus({ ...target, port: bmc.port });
  assert.equal(powerState, "on", `seed ${seed}`);
  return { badPackets: relay.badPackets, succeeded, failed: calls - succeeded };
}

/** Types at a machine that writes back what is typed, and reads it: whole and in order, or not at all. */
async function talkOverConsole(client: IpmiClient, target: BmcTarget, serialPort: TestSerialPort): Promise<void> {
  const typed = "0123456789".repeat(30);
  await using console = await client.openConsole(target, { deadlineMs: 600, takeOver: true });
  assert.ok(serialPort.isOpen);
  await console.write(typed, { deadlineMs: 1_500 });
  const closing = setTimeout(() => void console.close(), 1_500);
  let read = "";
  for await (const bytes of console) {
    read += Buffer.from(bytes).toString();
    if (read.length >= typed.length) break;
  }
  clearTimeout(closing);
  assert.ok(typed.startsWith(read), `read ${read}`);
}
