import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeFacts } from "../../../../infra/db/index.ts";
import { maxFailuresOf, refuseSelection } from "../../../../agents/runtime/commands/refuse-selection.ts";

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

test("of forty nodes the one without a right to it is named, and the command is refused whole", () => {
  const nodes = Array.from({ length: 40 }, (_, index) => factsOf(`pc${index}`, index === 17 ? "other" : "demo"));
  const user = { user: "ann", kind: "person", isAdmin: false, projects: ["demo"] } as const;
  const facts = { user, nodes, unknown: [], isExperimentKnown: true };
  const refusal = refuseSelection(
    { nodelist: nodes.map(({ node }) => node) },
    facts,
    ({ project }) => project === "demo",
  );
  assert.deepEqual(refusal, { kind: "refuse", reason: "permission-denied", detail: "ann has no right to pc17" });
});

function factsOf(node: string, project: string): NodeFacts {
  const type = { isRebootable: true, isImageable: true, defaultImage: null, settings: {} };
  return { node, ...type, project, isFreed: false, host: null, mac: null, disk: null };
}
