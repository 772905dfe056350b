import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzSession } from "./fuzz-session.ts";

test("damaged, forged and replayed packets harm neither client nor BMC, nor fire a control twice", async () => {
  let badPackets = 0;
  let succeeded = 0;
  for (const report of await Promise.all([1, 2, 3, 4].map((seed) => fuzzSession(seed, 10)))) {
    badPackets += report.badPackets;
    succeeded += report.succeeded;
  }
  assert.ok(badPackets > 200, `${badPackets} bad packets`);
  assert.ok(succeeded > 0, "every call failed");
});
