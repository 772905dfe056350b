import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { PAYLOAD, encodeUnprotectedPacket } from "../../../../infra/ipmi-js/wire/rmcp-plus.ts";
import { SETUP_STATUS } from "../../../../infra/ipmi-js/wire/setup/status-code.ts";

const TAG_AT = 16;

/**
 * A BMC that refuses every session with an answer of two bytes, tag and status, as OpenIPMI's ipmi_sim does. With
 * `tagOffset`, the tag is not the request's. It ends with the test.
 */
export async function startCurtBmc(t: TestContext, options: { readonly tagOffset: number }) {
  const socket = createSocket("udp4", (packet, from) => {
    const tag = (packet[TAG_AT] ?? 0) + options.tagOffset;
    const refusal = Uint8Array.of(tag, SETUP_STATUS.invalidAuthenticationAlgorithm);
    socket.send(encodeUnprotectedPacket(PAYLOAD.openSessionResponse, refusal), from.port, from.address);
  });
  const listening = once(socket, "listening");
  socket.bind(0, "127.0.0.1");
  t.after(() => socket.close());
  await listening;
  return { address: "127.0.0.1", port: socket.address().port, username: "admin", password: "secret" };
}
