import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();

test("three machines that a person reloads get the image by one session, and each writes it byte for byte", async (t) => {
  const { lab, raw, manifest, startActingAgents } = await loadScene(t, databases, { machines: 3, subnet: 14 });
  // Emulated machines on a busy one come into their ramdisks when they can.
  const alice = await startActingAgents({ multicast: { interface: lab.bridge.name, windowS: 90, joinWindowS: 50 } });
  const disks = lab.nodes.map((node) => diskAtReset(node, raw.length));
  const nodelist = lab.nodes.map(({ name }) => name);
  const operation = await alice.reload({ nodelist, imageid: "base" });
  const { code, results } = await operation.wait();
  assert.equal(code, 0, JSON.stringify(results));
  for (const disk of await Promise.all(disks)) assert.ok(disk.equals(raw));
  for (const node of nodelist) {
    const { evidence } = results[node]!;
    assert.deepEqual([evidence?.transport, evidence?.loaded?.[0]?.sha256], ["multicast", manifest.rawSha256], node);
  }
});
