import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { documentOf, siteWith } from "../support/site.ts";
import { type Replica, startReplica } from "./replica.ts";

const nodes = ["n1", "n2", "n3", "n4"];
const site = siteWith(
  {
    nodes: nodes.map((name) => ({ name })),
    images: [{ name: "base", sizeMiB: 8 }],
    experiments: [{ name: "demo/lab", nodes, os: "base" }],
  },
  { replicas: 0, durable: true },
);
const replicas: Replica[] = [];

/** How often the node was told by its boot agent to load an image. */
async function loadsOf(node: string): Promise<number> {
  const journal = await site.fleet.journal(node);
  return journal.filter((entry) => entry.kind === "script" && entry.boot === "loader").length;
}

describe("a setup under way", () => {
  before(async () => {
    for (const kind of ["reboot", "reload", "setup"] as const) {
      replicas.push(await startReplica(site.agentsFile, kind));
    }
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  test("goes on elsewhere when its replica is killed with -9, and no node is loaded twice", async () => {
    const cli = site.start(["setup", "demo/lab", "--yes", "--events"]);
    await cli.line(/"step":"ask"/u);
    const victim = replicas.pop()!;
    victim.signal("SIGKILL");
    await victim.ended;
    replicas.push(await startReplica(site.agentsFile, "setup"));
    const { code, results } = documentOf(await cli.ended);
    assert.deepEqual(
      Object.entries(results).map(([node, { reason, attempts }]) => `${node} ${reason} ${attempts}`),
      nodes.map((node) => `${node} isup 1`),
    );
    assert.equal(code, 0);
    assert.deepEqual(
      await Promise.all(nodes.map(loadsOf)),
      nodes.map(() => 1),
    );
  });
});
