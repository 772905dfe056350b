import assert from "node:assert/strict";
import { test } from "node:test";
import { type SenderLine, parseSenderLine } from "../../../infra/multicast/sender-line.ts";

const table: readonly [line: string, SenderLine][] = [
  ["New connection from 10.77.0.11  (#0) 00000009", { kind: "joined", address: "10.77.0.11" }],
  ["Starting transfer: 00000009", { kind: "started" }],
  ["Dropping client #2 because of timeout", { kind: "dropped", index: 2 }],
  ["Disconnecting #1 (10.77.0.13)", { kind: "left", address: "10.77.0.13" }],
  ["Transfer complete.", { kind: "completed" }],
  ["Timeout notAnswered=[0] notReady=[0] nrAns=2 nrRead=2 nrPart=3 avg=8980", { kind: "other" }],
  ["", { kind: "other" }],
];

for (const [line, expected] of table) {
  test(`'${line}' tells: ${expected.kind}`, () => assert.deepEqual(parseSenderLine(line), expected));
}
