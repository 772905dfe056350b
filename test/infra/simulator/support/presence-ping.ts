import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { SimulatedNode } from "../../../../infra/simulator/index.ts";
import { until } from "./until.ts";

const LAST_TAG = 0xfe;

/**
 * Sends so many ASF presence pings (at most 250) to the node's BMC in a row, and tells which were answered. UDP keeps its
 * order on loopback: when one more ping has been answered, so has every earlier one that ever will be.
 */
export async function answeredPings(node: SimulatedNode, count: number): Promise<number[]> {
  const socket = createSocket("udp4");
  const answered: number[] = [];
  socket.on("message", (pong) => answered.push(pong[9] ?? -1));
  try {
    socket.connect(node.bmcPort, node.address);
    await once(socket, "connect");
    for (let tag = 0; tag < count; tag++) socket.send(presencePing(tag));
    await until("the last ping is answered", () => {
      if (answered.includes(LAST_TAG)) return true;
      socket.send(presencePing(LAST_TAG));
      return false;
    });
  } finally {
    socket.close();
  }
  return answered.filter((tag) => tag !== LAST_TAG);
}

/** ASF 2.0 section 3.2.4.2: RMCP header of class ASF, IANA 4542, type 80h, the tag, no data. */
function presencePing(tag: number): Uint8Array {
  return Uint8Array.of(0x06, 0x00, 0xff, 0x06, 0x00, 0x00, 0x11, 0xbe, 0x80, tag, 0x00, 0x00);
}
