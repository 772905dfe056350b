import assert from "node:assert/strict";
import { test } from "node:test";
import { splitChanges } from "../../../../agents/cli/inventory/split-changes.ts";

const nodes = Array.from({ length: 100 }, (_, index) => ({ name: `pc${index}` }));

test("a short change is one part", () => {
  assert.deepEqual(splitChanges({ set: { nodes }, remove: { groups: ["g"] } }), [
    { set: { nodes }, remove: { groups: ["g"] } },
  ]);
});

test("a long one is several that each keep below the limit, in order, with nothing lost", () => {
  const parts = splitChanges({ set: { projects: [{ name: "demo" }], nodes } }, 500);
  assert.ok(parts.length > 3);
  for (const part of parts) assert.ok(JSON.stringify(part.set).length < 600);
  assert.deepEqual(
    parts.flatMap((part) => part.set?.nodes ?? []),
    nodes,
  );
  assert.deepEqual(parts[0]?.set?.projects, [{ name: "demo" }]);
});

test("an empty list stays: with pruning it says that none is to be left", () => {
  assert.deepEqual(splitChanges({ set: { groups: [] } }), [{ set: { groups: [] }, remove: {} }]);
});

test("no change is one empty part", () => assert.deepEqual(splitChanges({}), [{ set: {}, remove: {} }]));
