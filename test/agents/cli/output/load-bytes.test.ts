import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoadBytes } from "../../../../agents/cli/output/load-bytes.ts";
import type { NodeEvent, NodeResult } from "../../../../contracts/index.ts";

const at = "2026-01-01T00:00:00.000Z";

function progress(node: string, image: string, bytesWritten: number): NodeEvent {
  return { kind: "progress", node, at, image, bytesWritten, bytesTotal: 100, transport: "http" };
}

function result(node: string, status: 0 | 1): NodeEvent {
  const times = { startedAt: at, finishedAt: at };
  const told: NodeResult =
    status === 0
      ? { status, outcome: "succeeded", reason: "image-loaded", attempts: 1, ...times }
      : { status, outcome: "failed", reason: "reload-stalled", attempts: 2, ...times };
  return { kind: "result", node, result: told };
}

test("bytes add up over nodes and their images, and again from less when a load is begun anew", () => {
  const bytes = createLoadBytes();
  assert.deepEqual(bytes.note(progress("pc1", "base", 40)), { written: 40, total: 100 });
  assert.deepEqual(bytes.note(progress("pc2", "base", 10)), { written: 50, total: 200 });
  assert.deepEqual(bytes.note(progress("pc1", "data", 5)), { written: 55, total: 300 });
  assert.deepEqual(bytes.note(progress("pc1", "base", 0)), { written: 15, total: 300 });
});

test("a node that is loaded counts whole, one that failed no more, one that told nothing never", () => {
  const bytes = createLoadBytes();
  bytes.note(progress("pc1", "base", 40));
  bytes.note(progress("pc2", "base", 40));
  assert.deepEqual(bytes.note(result("pc1", 0)), { written: 140, total: 200 });
  assert.deepEqual(bytes.note(result("pc2", 1)), { written: 100, total: 100 });
  assert.equal(bytes.note(result("pc3", 0)), undefined);
});
