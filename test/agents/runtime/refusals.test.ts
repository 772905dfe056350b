import assert from "node:assert/strict";
import { test } from "node:test";
import { createRefusalLog } from "../../../agents/runtime/refusals.ts";
import { keepLog } from "../../support/log-lines.ts";

const forged = { kind: "dropped", cause: "signature-wrong" } as unknown as Parameters<
  ReturnType<typeof createRefusalLog>["note"]
>[0];

test("a flood is counted in full and logged in part, and the next window says how much was left out", () => {
  let nowMs = 0;
  const causes: string[] = [];
  const { log, lines } = keepLog();
  const refusals = createRefusalLog(log, { countRefusal: (cause) => causes.push(cause) }, () => nowMs);
  for (let n = 0; n < 1_000; n++) refusals.note(forged, "rv.local.cmd.reboot.ann");
  assert.equal(lines.length, 20);
  nowMs = 10_001;
  refusals.note(forged, "rv.local.cmd.reboot.ann");
  assert.equal(causes.length, 1_001);
  assert.equal(refusals.counts.get("signature-wrong"), 1_001);
  assert.deepEqual(
    lines.slice(20).map((line) => line["unlogged"] ?? line["cause"]),
    [980, "signature-wrong"],
  );
});
