import assert from "node:assert/strict";
import { test } from "node:test";
import { compareNaturally } from "../../../../agents/cli/node-set/natural-order.ts";

test("names are ordered by their numbers, not digit by digit", () => {
  const ordered = ["admin", "n1", "n01", "n2", "n10", "n10-1", "n10-2", "n10-11", "n100", "rack2-n9", "rack10-n1"];
  const shuffled = [...ordered].reverse();
  assert.deepEqual(shuffled.sort(compareNaturally), ordered);
  assert.equal(compareNaturally("pc7", "pc7"), 0);
});
