import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { NodeResult } from "../../contracts/index.ts";
import { documentOf, siteWith } from "../support/site.ts";
import { type Replica, startReplica } from "./replica.ts";

const nodes = Array.from({ length: 6 }, (_, index) => `n${index + 1}`);
const site = siteWith(
  { nodes: nodes.map((name) => ({ name })), images: [{ name: "base", sizeMiB: 32 }] },
  { replicas: 0, durable: true },
);
const replicas: Replica[] = [];
/** How often each node was told by its boot agent to load an image: the oracle of reboots that were asked for. */
async function loadersOf(node: string): Promise<number> {
  const journal = await site.fleet.journal(node);
  return journal.filter((entry) => entry.kind === "script" && entry.boot === "loader").length;
}

describe("loads under way", () => {
  before(async () => {
    replicas.push(await startReplica(site.agentsFile));
    replicas.push(await startReplica(site.agentsFile, "reload"));
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  test("a replica that is killed in the midst of loads is gone on for, and no node is rebooted again", async () => {
    const cli = site.start(["reload", ...nodes, "--booted", "--events"]);
    await cli.line(/"step":"await-(?:start|load)"/u);
    const victim = replicas.pop();
    victim!.signal("SIGKILL");
    await victim!.ended;
    replicas.push(await startReplica(site.agentsFile, "reload"));
    const { results } = documentOf(await cli.ended);
    const ends = Object.values(results).map(({ reason, attempts }: NodeResult) => `${reason} ${attempts}`);
    assert.deepEqual(
      ends,
      nodes.map(() => "isup 1"),
    );
    assert.deepEqual(
      await Promise.all(nodes.map(loadersOf)),
      nodes.map(() => 1),
    );
  });
});
