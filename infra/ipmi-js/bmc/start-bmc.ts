import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import type { DeviceId } from "../commands/app/get-device-id.ts";
import type { CipherSuiteId } from "../crypto/cipher-suite.ts";
import { createRandomBytes } from "../crypto/random-bytes.ts";
import type { Quirk } from "../quirk.ts";
import { RMCP_PORT } from "../wire/rmcp.ts";
import { appCommands } from "./app-commands.ts";
import { type Remote, SessionSlots } from "./bmc-session.ts";
import type { BmcUser } from "./bmc-user.ts";
import { type ControlRecord, chassisCommands } from "./chassis-commands.ts";
import type { BmcChassis } from "./chassis.ts";
import { type BmcFaults, planDelivery } from "./faults.ts";
import { PacketAnswers } from "./packet-answers.ts";
import type { SerialPort } from "./serial-port.ts";
import { SolService } from "./sol-service.ts";

export interface BmcOptions {
  /** The IP address to listen on. */
  readonly address: string;
  /** UDP port, default 623; 0 takes a free one. */
  readonly port?: number;
  readonly users: readonly BmcUser[];
  readonly chassis: BmcChassis;
  /** The machine's serial port, for Serial over LAN; without it there is none. */
  readonly serialPort?: SerialPort;
  /** Default 3 and 17. */
  readonly cipherSuites?: readonly CipherSuiteId[];
  /** The BMC key, 20 bytes. Without it there is none, and the user's password takes its place. */
  readonly kg?: Uint8Array;
  /** 16 bytes, default random. */
  readonly guid?: Uint8Array;
  readonly deviceId?: Partial<DeviceId>;
  readonly faults?: BmcFaults;
  readonly quirks?: readonly Quirk[];
  /** Default 4, as many BMCs have. */
  readonly sessionSlots?: number;
  /** Default 60,000 ms. */
  readonly idleTimeoutMs?: number;
  /** Told of every control that reached the chassis. */
  readonly onControl?: (record: ControlRecord) => void;
}

/** A BMC that listens. */
export interface BmcServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Sessions open or being opened. */
  readonly sessionCount: number;
  /** Datagrams that have arrived, lost ones (by `faults`) included. */
  readonly packetCount: number;
  setFaults(faults: BmcFaults): void;
  /** Forgets all sessions without a word, as a BMC does that restarts. */
  forgetSessions(): void;
  close(): Promise<void>;
}

const DEVICE_ID: DeviceId = {
  deviceId: 0x20,
  deviceRevision: 1,
  firmwareRevision: "1.00",
  ipmiVersion: "2.0",
  manufacturerId: 0,
  productId: 0,
};

/** Starts a BMC on a UDP socket of its own; hundreds in one process are cheap. Rejects when it can't be bound. */
export async function startBmc(options: BmcOptions): Promise<BmcServer> {
  const randomBytes = createRandomBytes();
  const sol = new SolService(options.serialPort, (packet, remote) => reply(packet, remote));
  const slots = new SessionSlots({
    count: options.sessionSlots ?? 4,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    onEnd: (session) => sol.sessionEnded(session),
  });
  const context = {
    slots,
    randomBytes,
    users: options.users,
    cipherSuites: options.cipherSuites ?? ([3, 17] as const),
    kg: options.kg,
    guid: options.guid ?? randomBytes(16),
    quirks: options.quirks ?? [],
  };
  const commands = [
    ...appCommands(context, { ...DEVICE_ID, ...options.deviceId }, slots),
    ...chassisCommands(options.chassis, (record) => options.onControl?.(record)),
    ...sol.handlers(() => socket.address().port),
  ];
  const answers = new PacketAnswers(context, commands, sol);
  let faults = options.faults ?? {};
  let packetCount = 0;
  let firstPacketAt: number | undefined;

  const socket = await listen(options.address, options.port ?? RMCP_PORT);
  const timers = new Set<NodeJS.Timeout>();
  const reply = (packet: Uint8Array, to: Remote) => {
    for (const delayMs of planDelivery(faults, "reply")) {
      if (delayMs === 0) {
        socket.send(packet, to.port, to.address);
        continue;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        socket.send(packet, to.port, to.address);
      }, delayMs);
      timers.add(timer);
    }
  };
  socket.on("message", (packet, from) => {
    packetCount++;
    const now = performance.now();
    firstPacketAt ??= now;
    if (planDelivery(faults, "request").length === 0) return;
    const isBusy = now - firstPacketAt < (faults.busyForMs ?? 0);
    const answer = answers.answer(packet, from, { isBusy, hasNoSlots: faults.noSlots === true });
    if (answer !== undefined) reply(answer, from);
  });
  // A console that has gone away is no reason to stop.
  socket.on("error", () => undefined);

  let closed: Promise<void> | undefined;
  const close = () => {
    sol.stop();
    closed ??= closeSocket(socket, timers);
    return closed;
  };
  return {
    address: socket.address().address,
    port: socket.address().port,
    get sessionCount() {
      return slots.size;
    },
    get packetCount() {
      return packetCount;
    },
    setFaults(wanted) {
      faults = wanted;
    },
    forgetSessions: () => slots.clear(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(address: string, port: number): Promise<Socket> {
  const type = address.includes(":") ? "udp6" : "udp4";
  // Replies go to where a packet came from: always an IP address, never to be looked up.
  const lookup = (to: string, _: object, done: (error: null, address: string, family: number) => void) => {
    done(null, to, type === "udp6" ? 6 : 4);
  };
  const socket = createSocket({ type, lookup } as Parameters<typeof createSocket>[0] & object);
  const listening = once(socket, "listening");
  socket.bind(port, address);
  await listening;
  return socket;
}

async function closeSocket(socket: Socket, timers: ReadonlySet<NodeJS.Timeout>): Promise<void> {
  for (const timer of timers) clearTimeout(timer);
  const closed = once(socket, "close");
  socket.close();
  await closed;
}
