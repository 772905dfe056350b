import assert from "node:assert/strict";
import { test } from "node:test";
import { maxFailuresOf } from "../../../../agents/runtime/commands/refuse-selection.ts";

test("a share of failures is of the nodes named, rounded down", () => {
  const shares = [
    ["10%", 24, 2],
    ["0%", 24, 0],
    ["100%", 24, 24],
    ["29%", 100, 29],
    ["57%", 100, 57],
    ["33%", 10, 3],
  ] as const;
  for (const [share, nodes, failures] of shares) assert.equal(maxFailuresOf(share, nodes), failures, share);
  assert.equal(maxFailuresOf(5, 2), 5);
  assert.equal(maxFailuresOf(undefined, 2), undefined);
});
