import assert from "node:assert/strict";
import { test } from "node:test";
import { busOfFile } from "../agents/boot/boot-site.ts";
import { reloadSite } from "../agents/reload/reload-site.ts";
import { until } from "../infra/simulator/support/until.ts";
import { databaseServer } from "../support/database.ts";

const databases = databaseServer();
const file = busOfFile();
const nodes = ["pc1", "pc2", "pc3"];

test("the replica that takes nodes over in their first image sends them the second by one session", async (t) => {
  await using site = await reloadSite(t, { databases, bus: file.bus }, { nodes, multicastInterface: "lo" });
  const waysTo = async (at: number) => {
    const selections = await Promise.all(nodes.map((node) => site.selectionOf(node, "loader")));
    return selections.map(({ plan }) => plan?.images[at]?.transport);
  };
  const isShared = (ways: Awaited<ReturnType<typeof waysTo>>) =>
    ways[0]?.kind === "multicast" && new Set(ways.map((way) => JSON.stringify(way))).size === 1;

  const operation = await site.alice.reload({ nodelist: nodes, images: ["base", "home"] });
  const loads = await Promise.all(nodes.map(async (node) => ({ node, ...(await site.selectionOf(node, "loader")) })));
  for (const { node, loadId } of loads) await site.report(node, { state: "RELOADSETUP", reportedBy: "token", loadId });
  await until("they share the first image", async () => isShared(await waysTo(0)));
  assert.deepEqual(await waysTo(1), [undefined, undefined, undefined]);

  await site.stopReplicas();
  await site.startReplica();
  // A ramdisk asks until it has an answer: the new replica may not hold the node yet.
  const ask = async () => {
    for (const { node, loadId } of loads)
      await site.progress(node, { loadId, image: "home", bytesWritten: 0, bytesTotal: 1_048_576 });
  };
  await until("they share the second image", async () => (await ask(), isShared(await waysTo(1))));

  const loaded = ["base", "home"].map((image) => ({ image, sha256: site.digestOf(image) }));
  for (const { node, loadId } of loads)
    await site.report(node, { state: "RELOADDONE", reportedBy: "token", loadId, loaded });
  const { code, results } = await operation.wait();
  assert.equal(code, 0, JSON.stringify(results));
});
