import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzSession } from "./fuzz-session.ts";

test("damaged, forged and replayed packets harm neither client nor BMC, nor fire a control twice", async () => {
  let badPackets = 0;
  let succeeded = 0;
  for (let seed = 1; seed <= 4; seed++) {
    const report = await fuzzSession(seed, 8);
    badPackets += report.badPackets;
    succeeded += report.succeeded;
  }
  assert.ok(badPackets > 200, `${badPackets} bad packets`);
  assert.ok(succeeded > 0, "every call failed");
});
