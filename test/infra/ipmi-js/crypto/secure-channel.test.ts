import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CipherSuiteId, cipherSuite } from "../../../../infra/ipmi-js/crypto/cipher-suite.ts";
import { HmacKey } from "../../../../infra/ipmi-js/crypto/hmac.ts";
import { createRandomBytes } from "../../../../infra/ipmi-js/crypto/random-bytes.ts";
import { SecureChannel } from "../../../../infra/ipmi-js/crypto/secure-channel.ts";
import { PAYLOAD, decodeRmcpPlusHeader } from "../../../../infra/ipmi-js/wire/rmcp-plus.ts";

const SESSION_ID = 0x11223344;

function createChannel(suiteId: CipherSuiteId, key = 1): SecureChannel {
  const suite = cipherSuite(suiteId);
  const integrityKey = new HmacKey(suite.hash, new Uint8Array(20).fill(key));
  return new SecureChannel(suite, { integrityKey, remoteSessionId: SESSION_ID, randomBytes: createRandomBytes() });
}

function open(channel: SecureChannel, packet: Uint8Array): Uint8Array | undefined {
  const header = decodeRmcpPlusHeader(packet);
  return header === undefined ? undefined : channel.open(packet, header);
}

for (const suite of [3, 17] as const) {
  describe(`a channel of cipher suite ${suite}`, () => {
    test("opens what its other end sealed, of every length", () => {
      const [console, bmc] = [createChannel(suite), createChannel(suite)];
      for (let length = 0; length <= 64; length++) {
        const payload = Uint8Array.from({ length }, (_, at) => at + length);
        assert.deepEqual(open(bmc, console.seal(PAYLOAD.ipmi, payload)), payload);
      }
    });

    test("opens no packet in which any one bit has been changed, and is none the worse for it", () => {
      const [console, bmc] = [createChannel(suite), createChannel(suite)];
      const payload = Uint8Array.of(1, 2, 3);
      const packet = console.seal(PAYLOAD.ipmi, payload);
      for (let bit = 0; bit < packet.length * 8; bit++) {
        // Outside what the code covers: the RMCP header, which has its own reader.
        if (bit < 4 * 8) continue;
        const damaged = Uint8Array.from(packet);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(open(bmc, damaged), undefined, `bit ${bit}`);
      }
      assert.deepEqual(open(bmc, packet), payload);
    });

    test("opens no packet that has been cut short or made longer", () => {
      const [console, bmc] = [createChannel(suite), createChannel(suite)];
      const packet = console.seal(PAYLOAD.ipmi, Uint8Array.of(1, 2, 3));
      for (let length = 0; length < packet.length; length++)
        assert.equal(open(bmc, packet.slice(0, length)), undefined);
      assert.equal(open(bmc, Uint8Array.of(...packet, 0)), undefined);
    });

    test("opens a packet once", () => {
      const [console, bmc] = [createChannel(suite), createChannel(suite)];
      const packet = console.seal(PAYLOAD.ipmi, Uint8Array.of(1));
      assert.notEqual(open(bmc, packet), undefined);
      assert.equal(open(bmc, packet), undefined);
    });

    test("opens nothing that another key sealed", () => {
      assert.equal(
        open(createChannel(suite, 1), createChannel(suite, 2).seal(PAYLOAD.ipmi, Uint8Array.of(1))),
        undefined,
      );
    });
  });
}
