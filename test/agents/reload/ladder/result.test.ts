import assert from "node:assert/strict";
import { test } from "node:test";
import { resultOf } from "../../../../agents/reload/ladder/result.ts";
import { NodeResult, hasShape } from "../../../../contracts/index.ts";
import * as is from "./seen.ts";

const times = { startedAt: "2030-01-02T03:04:05.678Z", finishedAt: "2030-01-02T03:05:05.678Z" };

test("a load's evidence is what the node wrote, by what it came, and the reboot that was asked for", () => {
  const loaded = [{ image: "base", sha256: "ab".repeat(32) }];
  const seen = [is.checked, is.base, is.armed, is.rebooted, is.started, { ...is.loaded, loaded }] as never;
  const result = resultOf({ outcome: "succeeded", reason: "image-loaded", phase: "load", via: "ssh" }, seen, times);
  assert.ok(hasShape(NodeResult, result));
  assert.equal(result.attempts, 1);
  assert.deepEqual(result.evidence, { childOp: "2".repeat(32), loaded, reportedBy: "token", transport: "http" });
});

test("a failing load brings the end of the ramdisk's log, and counts its attempts", () => {
  const fault = { reason: "write-error", phase: "load", bootLog: "I/O error", detail: "sda" } as const;
  const seen = [is.checked, is.base, is.armed, is.rebooted, is.retried, is.base, is.armed];
  const result = resultOf({ outcome: "failed", ...fault, fault }, seen, times);
  assert.ok(hasShape(NodeResult, result));
  assert.deepEqual([result.attempts, result.evidence], [2, { bootLog: "I/O error" }]);
});

test("a node that was never touched counts no attempt", () => {
  const fault = { reason: "image-empty", phase: "image" } as const;
  const result = resultOf({ outcome: "failed", ...fault, fault }, [is.isMissing], times);
  assert.deepEqual([result.attempts, result.evidence], [0, undefined]);
});
