import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { mutate } from "./mutate.ts";

export interface FuzzRelay extends AsyncDisposable {
  readonly port: number;
  /** Damaged, replayed and invented packets so far. */
  readonly badPackets: number;
}

/**
 * Stands between a client and a BMC. Every packet goes on as it is; before and after it go damaged copies, and replays
 * of what passed earlier, from the very address that the receiver trusts.
 */
export async function startFuzzRelay(
  bmcPort: number,
  options: { readonly random: () => number; readonly badPerPacket: number },
): Promise<FuzzRelay> {
  const front = createSocket("udp4");
  const back = createSocket("udp4");
  const seen: Uint8Array[] = [];
  let clientPort = 0;
  let badPackets = 0;

  const relay = (packet: Uint8Array, socket: Socket, port: number) => {
    const { random, badPerPacket } = options;
    remember(seen, packet, random);
    const pass = (bytes: Uint8Array) => socket.send(bytes, port, "127.0.0.1");
    // Set-up is not authenticated: damaged too often, it would never come to a session that could be fuzzed.
    const count = isSetUp(packet) && random() < 0.8 ? 0 : badPerPacket;
    if (count === 0) pass(packet);
    for (let n = 0; n < count; n++) {
      if (n === count >> 1) pass(packet);
      const old = seen[Math.floor(random() * seen.length)] ?? packet;
      pass(random() < 0.2 ? old : mutate(random() < 0.7 ? packet : old, random));
      badPackets++;
    }
  };
  front.on("message", (packet, from) => {
    clientPort = from.port;
    relay(packet, back, bmcPort);
  });
  back.on("message", (packet) => relay(packet, front, clientPort));
  front.bind(0, "127.0.0.1");
  back.bind(0, "127.0.0.1");
  await Promise.all([once(front, "listening"), once(back, "listening")]);

  return {
    port: front.address().port,
    get badPackets() {
      return badPackets;
    },
    async [Symbol.asyncDispose]() {
      const closed = [once(front, "close"), once(back, "close")];
      front.close();
      back.close();
      await Promise.all(closed);
    },
  };
}

const REMEMBERED = 64;

/** Whether the packet belongs to no session: its session ID is 0. */
function isSetUp(packet: Uint8Array): boolean {
  return packet.subarray(6, 10).every((byte) => byte === 0);
}

function remember(seen: Uint8Array[], packet: Uint8Array, random: () => number): void {
  if (seen.length < REMEMBERED) seen.push(packet);
  else seen[Math.floor(random() * REMEMBERED)] = packet;
}
