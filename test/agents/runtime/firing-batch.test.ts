import assert from "node:assert/strict";
import { test } from "node:test";
import { firstFiringBatch, nextFiringBatch } from "../../../agents/runtime/firing-batch.ts";

test("a batch that took too long is followed by as many as would have taken a quarter of the window", () => {
  assert.equal(nextFiringBatch(64, { count: 64, tookMs: 500 }), 16);
  assert.equal(nextFiringBatch(16, { count: 10, tookMs: 250 }), 5);
});

test("a quick batch is followed by one of twice the size, up to the most", () => {
  assert.equal(nextFiringBatch(8, { count: 3, tookMs: 10 }), 16);
  assert.equal(nextFiringBatch(firstFiringBatch, { count: 64, tookMs: 125 }), firstFiringBatch);
});

test("one at least is tried, however slow the ledger was", () => {
  assert.equal(nextFiringBatch(1, { count: 1, tookMs: 60_000 }), 1);
});

test("a ledger that takes 20 ms a row settles where a batch takes no more than a quarter of the window", () => {
  let size = firstFiringBatch;
  for (let batch = 0; batch < 4; batch++) size = nextFiringBatch(size, { count: size, tookMs: size * 20 });
  assert.ok(size * 20 <= 250, `${size} rows`);
});
