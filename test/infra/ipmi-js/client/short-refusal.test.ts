import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type BmcTarget, BmcUnreachableError, CipherSuiteRefusedError } from "../../../../infra/ipmi-js/index.ts";
import { PAYLOAD, encodeUnprotectedPacket } from "../../../../infra/ipmi-js/wire/rmcp-plus.ts";
import { SETUP_STATUS } from "../../../../infra/ipmi-js/wire/setup/status-code.ts";
import { createTestClient } from "../support/test-bmc.ts";

const TAG_AT = 16;

/** A BMC that refuses every session with an answer of two bytes, tag and status, as OpenIPMI's ipmi_sim does. */
async function startCurtBmc(t: TestContext, options: { readonly tagOffset: number }): Promise<BmcTarget> {
  const socket = createSocket("udp4", (packet, from) => {
    const tag = (packet[TAG_AT] ?? 0) + options.tagOffset;
    const refusal = Uint8Array.of(tag, SETUP_STATUS.invalidAuthenticationAlgorithm);
    socket.send(encodeUnprotectedPacket(PAYLOAD.openSessionResponse, refusal), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  t.after(() => socket.close());
  await once(socket, "listening");
  return { address: "127.0.0.1", port: socket.address().port, username: "admin", password: "secret" };
}

test("a refusal that ends after its status is told for what it is", async (t) => {
  const target = await startCurtBmc(t, { tagOffset: 0 });
  await assert.rejects(createTestClient(t).chassisStatus(target), CipherSuiteRefusedError);
});

test("such a refusal with another message's tag is not believed", async (t) => {
  const target = await startCurtBmc(t, { tagOffset: 1 });
  const client = createTestClient(t, { unreachableAfterMs: 300 });
  await assert.rejects(client.chassisStatus(target), BmcUnreachableError);
  assert.ok(client.strayPackets > 0);
});
