import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeIpmiRequest,
  decodeIpmiResponse,
  encodeIpmiRequest,
  encodeIpmiResponse,
} from "../../../../infra/ipmi-js/wire/ipmi-message.ts";

const request = { netFn: 0x06, command: 0x3b, sequence: 5, data: Uint8Array.of(4) };

test("a request has the bytes of the specification", () => {
  assert.equal(Buffer.from(encodeIpmiRequest(request)).toString("hex"), "2018c881143b042c");
});

test("a request comes out as it went in", () => {
  assert.deepEqual(decodeIpmiRequest(encodeIpmiRequest(request)), request);
});

test("a response carries its request's sequence number, and the completion code", () => {
  const response = decodeIpmiResponse(encodeIpmiResponse(request, 0xc0, Uint8Array.of(7, 8)));
  assert.deepEqual(response, { ...request, completionCode: 0xc0, data: Uint8Array.of(7, 8) });
});

test("a message with any bit flipped is no message", () => {
  const message = encodeIpmiRequest(request);
  for (let bit = 0; bit < message.length * 8; bit++) {
    const flipped = message.slice();
    flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
    assert.equal(decodeIpmiRequest(flipped), undefined);
  }
});

test("a response with wrong checksums is taken where checksums are to be ignored", () => {
  const message = encodeIpmiResponse(request, 0, Uint8Array.of());
  message[message.length - 1] = message[message.length - 1]! ^ 1;
  assert.equal(decodeIpmiResponse(message), undefined);
  assert.equal(decodeIpmiResponse(message, { ignoreChecksums: true })?.completionCode, 0);
});

test("a request is no response, and a response no request", () => {
  assert.equal(decodeIpmiResponse(encodeIpmiRequest({ ...request, data: Uint8Array.of(1, 2) })), undefined);
  assert.equal(decodeIpmiRequest(encodeIpmiResponse(request, 0, Uint8Array.of())), undefined);
});
