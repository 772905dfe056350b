import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type NodeSummary, maxPageRows } from "../../../../contracts/index.ts";
import { nodesNamed } from "../fake-coordinator.ts";
import { runLine } from "../run-line.ts";

const nodes: readonly NodeSummary[] = [
  ...nodesNamed("pc10", "pc2"),
  { node: "pc1", type: "pc", experiment: "proj/exp", state: "ISUP", circuit: "c1", holder: "f".repeat(32) },
];

describe("nodes", () => {
  test("lists everything in natural order, whatever the pages", async () => {
    const { status, stdout } = await runLine(["nodes"], { nodes, pageRows: 2 });
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `pc1\tpc\tISUP\t-\tproj/exp\tc1\t${"f".repeat(32)}\t-\n` +
        "pc2\tpc\t-\t-\t-\t-\t-\t-\npc10\tpc\t-\t-\t-\t-\t-\t-\n",
    );
  });

  test("lists what is named, tells what is not known, and counts it in the exit status", async () => {
    const { status, document, stderr } = await runLine(["nodes", "pc[1-4]", "--json"], { nodes });
    assert.equal(status, 2);
    assert.deepEqual(document, { nodes: [nodes[2], nodes[1]], unknown: ["pc3", "pc4"] });
    assert.match(stderr, /not in the inventory: pc\[3,4\]/u);
  });

  test("tells how far a node's setup came, and of a free one that it is not clean, and since when it is stuck", async () => {
    const uncleanSince = "2026-01-02T03:04:05.000Z";
    const unclean: readonly NodeSummary[] = [
      { node: "pc1", type: "pc", experiment: "proj/exp", allocation: "ready" },
      { node: "pc2", type: "pc", uncleanSince, stuck: false },
      { node: "pc3", type: "pc", uncleanSince, stuck: true },
    ];
    const { stdout } = await runLine(["nodes"], { nodes: unclean });
    assert.deepEqual(
      stdout.split("\n").map((line) => line.split("\t").at(-1)),
      ["ready", "to be loaded anew", `stuck: unclean since ${uncleanSince}`, ""],
    );
    const { document } = await runLine(["nodes", "--json"], { nodes: unclean });
    assert.deepEqual(document, { nodes: unclean, unknown: [] });
  });

  test("a page of names is one query, more are several", async () => {
    const { asked } = await runLine(["nodes", `pc[1-${2 * maxPageRows + 7}]`], { nodes });
    const sizes = asked.flatMap(([kind, , args]) =>
      kind === "query" ? [(args as { nodelist: [] }).nodelist.length] : [],
    );
    assert.deepEqual(sizes, [maxPageRows, maxPageRows, 7]);
  });

  test("nothing that a node's type holds is obeyed by the terminal", async () => {
    const evil = [{ node: "pc1", type: "pc\u001b[31m\u001b]52;c;aGk=\u0007\u009b2J\nx\u202e" }];
    const { stdout } = await runLine(["nodes"], { nodes: evil });
    assert.equal(stdout, "pc1\tpc x\t-\t-\t-\t-\t-\t-\n");
    const { stdout: json, document } = await runLine(["nodes", "--json"], { nodes: evil });
    assert.doesNotMatch(json.trimEnd(), /[\p{Cc}\p{Cf}]/u);
    assert.deepEqual((document as { nodes: unknown }).nodes, evil);
  });
});

describe("history", () => {
  test("lists a node's states", async () => {
    const { status, stdout } = await runLine(["history", "PC1"], { nodes });
    assert.equal(status, 0);
    assert.equal(stdout, "2026-01-02T03:04:05.000Z\tISUP\t-\texpected\taddress\tb0075eed-1\n");
  });

  test("of an unknown node is refused", async () => {
    const { status, document } = await runLine(["history", "pc99", "--json"], { nodes });
    assert.equal(status, 255);
    assert.equal((document as { reason: string }).reason, "node-unknown");
  });

  test("of several nodes is refused", async () => {
    const { status, stderr, asked } = await runLine(["history", "pc[1-3]"], { nodes });
    assert.equal(status, 255);
    assert.match(stderr, /write reveille history pc1/u);
    assert.deepEqual(asked, []);
  });
});
