import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../../agents/reload/ladder/observation.ts";
import { canShare, stageOf } from "../../../../agents/reload/multicast/load-stage.ts";
import { armed, base, checked, disarmed, failsAt, loaded, rebooted, retried, started } from "../ladder/seen.ts";

const failed = failsAt("await-load", "hash-mismatch");
const coming = { loadId: "1".repeat(32), images: ["base"], isReady: false };
const ready = { ...coming, isReady: true };

const table: readonly [what: string, seen: readonly Observation[], stage: unknown][] = [
  ["before it is armed", [checked, base], undefined],
  ["once it is armed", [checked, base, armed], coming],
  ["while it restarts", [checked, base, armed, rebooted], coming],
  ["once its ramdisk runs", [checked, base, armed, rebooted, started], ready],
  ["once it is loaded", [checked, base, armed, rebooted, started, loaded], undefined],
  ["once its attempt has failed", [checked, base, armed, rebooted, started, failed], undefined],
  ["before its second attempt is armed", [checked, base, armed, failed, retried], undefined],
  ["in its second attempt", [checked, base, armed, failed, retried, base, armed], coming],
  ["once it is given up", [checked, base, armed, disarmed], undefined],
];
for (const [what, whole, stage] of table) {
  test(`the stage of a load ${what}`, () => assert.deepEqual(stageOf(whole), stage));
}

test("a load that nobody waits for cannot share a session", () => {
  assert.ok(canShare({}) && canShare({ waitmode: "booted" }));
  assert.ok(!canShare({ waitmode: "none" }) && !canShare({ noreboot: true }));
});
