import assert from "node:assert/strict";
import { test } from "node:test";
import { createByteMeter, formatSeconds } from "../../../../agents/cli/output/byte-meter.ts";
import { startByteProgress } from "../../../../agents/cli/output/byte-progress.ts";
import { createTextWriter } from "../../../../agents/cli/output/text-writer.ts";
import { Screen } from "../run-line.ts";

const mib = 1024 * 1024;

test("a meter tells how far, how fast by the last seconds, and how long still", () => {
  let nowMs = 0;
  const meter = createByteMeter(() => nowMs);
  meter.note(0);
  assert.equal(meter.words(100 * mib), "0 B of 100.0 MiB");
  for (nowMs = 1_000; nowMs <= 5_000; nowMs += 1_000) meter.note((nowMs / 1_000) * 10 * mib);
  nowMs = 5_000;
  assert.equal(meter.words(100 * mib), "50.0 MiB of 100.0 MiB, 10.0 MiB/s, 5s left");
  assert.equal(meter.words(), "50.0 MiB, 10.0 MiB/s");
  for (; nowMs < 30_000; nowMs += 1_000) meter.note(50 * mib);
  assert.equal(meter.words(100 * mib), "50.0 MiB of 100.0 MiB");
});

test("a time is told in the two largest units", () => {
  assert.deepEqual([0.2, 59, 61, 3_661].map(formatSeconds), ["1s", "59s", "1m01s", "1h01m"]);
});

test("a terminal has a bar, which leaves nothing behind", async () => {
  const screen = new Screen({ isTTY: true });
  const progress = await startByteProgress(createTextWriter(screen), "web");
  progress.advance(5 * mib, 10 * mib);
  progress.stop();
  progress.stop();
  assert.match(screen.text, /web: 5.0 MiB of 10.0 MiB/u);
});

test("what is no terminal gets a line every five seconds", async () => {
  const screen = new Screen();
  let nowMs = 0;
  const progress = await startByteProgress(createTextWriter(screen), "web", () => nowMs);
  for (; nowMs < 11_000; nowMs += 1_000) progress.advance((nowMs / 1_000) * mib, 20 * mib);
  progress.stop();
  assert.deepEqual(screen.text.trimEnd().split("\n"), [
    "web: 5.0 MiB of 20.0 MiB, 1.0 MiB/s, 15s left",
    "web: 10.0 MiB of 20.0 MiB, 1.0 MiB/s, 10s left",
  ]);
});
