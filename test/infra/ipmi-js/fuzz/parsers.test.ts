import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRmcpPlusHeader, payloadOf } from "../../../../infra/ipmi-js/wire/rmcp-plus.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { randomBytes } from "./mutate.ts";
import { findParsers } from "./parsers.ts";

const PARSERS = await findParsers();

test("the parsers of both sides of every message are found", () => {
  const names = PARSERS.map(({ name }) => name).join("\n");
  for (const name of [
    "decodeRakp1",
    "decodeSolPacket",
    "chassisControl.decodeRequest",
    "closeSession.decodeResponse",
  ]) {
    assert.match(names, new RegExp(`${name}$`, "m"));
  }
  assert.ok(PARSERS.length > 40, names);
});

test("no parser throws, whatever the bytes", () => {
  const random = seededRandom(3);
  const parsed = new Set<string>();
  for (let n = 0; n < 3_000; n++) {
    const bytes = randomBytes(Math.floor(random() * 80), random);
    for (const { name, parse } of PARSERS) if (parse(bytes) !== undefined) parsed.add(name);
  }
  assert.ok(parsed.size > 20, `only ${parsed.size} ever parsed anything`);
});

test("no parser throws for a message cut anywhere, nor one of nothing but a header's first bytes", () => {
  const random = seededRandom(4);
  const header = [6, 0, 0xff, 7, 6, 0xc0];
  const packet = Uint8Array.of(...header, ...randomBytes(8, random), 0xff, 0xff, ...randomBytes(60, random));
  for (let length = 0; length <= packet.length; length++) {
    for (const { parse } of PARSERS) parse(packet.subarray(0, length));
  }
});

test("a payload length beyond the packet's end is no packet", () => {
  const packet = Uint8Array.of(6, 0, 0xff, 7, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 1, 2, 3, 4);
  assert.equal(decodeRmcpPlusHeader(packet), undefined);
  const whole = Uint8Array.of(...packet, 5);
  assert.deepEqual(payloadOf(whole, decodeRmcpPlusHeader(whole)!), Uint8Array.of(1, 2, 3, 4, 5));
});
