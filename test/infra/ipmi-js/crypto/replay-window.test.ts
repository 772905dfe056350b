import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayWindow } from "../../../../infra/ipmi-js/crypto/replay-window.ts";

test("a number is taken once", () => {
  const window = new ReplayWindow();
  assert.equal(window.take(1), true);
  assert.equal(window.take(1), false);
});

test("numbers that come out of order are taken, each once", () => {
  const window = new ReplayWindow();
  assert.deepEqual(
    [5, 3, 4, 3, 5, 1].map((n) => window.take(n)),
    [true, true, true, false, false, true],
  );
});

test("a number 32 behind the highest is too old", () => {
  const window = new ReplayWindow();
  window.take(100);
  assert.equal(window.take(68), false);
  assert.equal(window.take(69), true);
});

test("a gap of any size is jumped, and what was before it is too old", () => {
  const window = new ReplayWindow();
  window.take(1);
  assert.equal(window.take(1_000_000), true);
  assert.equal(window.take(2), false);
});

test("0, which means no session, is never taken", () => {
  assert.equal(new ReplayWindow().take(0), false);
});

test("numbers go on past 2^32", () => {
  const window = new ReplayWindow();
  window.take(0x7fffffff);
  window.take(0xfffffff0);
  window.take(0xffffffff);
  assert.equal(window.take(1), true);
  assert.equal(window.take(0xffffffff), false);
});
