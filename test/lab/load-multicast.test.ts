import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, loadScene } from "./support/load-scene.ts";

const databases = databaseServer();

test("three machines that a person reloads get each image by a session, and the disk is the last one's, byte for byte", async (t) => {
  const { lab, imageDir, raw, manifest, startActingAgents } = await loadScene(t, databases, {
    machines: 3,
    subnet: 14,
  });
  // Emulated machines on a busy one come into their ramdisks when they can.
  const alice = await startActingAgents({ multicast: { interface: lab.bridge.name, windowS: 90, joinWindowS: 50 } });
  await writeFile(join(imageDir, "first.raw"), randomBytes(3 * 1024 * 1024));
  const added = await alice.control("image-add", { image: "first", path: "first.raw" });
  assert.ok(added.ok, JSON.stringify(added));
  const disks = lab.nodes.map((node) => diskAtReset(node, raw.length));
  const nodelist = lab.nodes.map(({ name }) => name);

  const operation = await alice.reload({ nodelist, images: ["first", "base"] });
  const ways = new Set<string>();
  for await (const event of operation) {
    if (event.kind === "progress" && event.bytesWritten > 0)
      ways.add(`${event.node} ${event.image} ${event.transport}`);
  }
  const { code, results } = await operation.wait();

  assert.equal(code, 0, JSON.stringify(results));
  for (const disk of await Promise.all(disks)) assert.ok(disk.equals(raw));
  assert.deepEqual(
    [...ways].toSorted(),
    nodelist.flatMap((node) => [`${node} base multicast`, `${node} first multicast`]),
  );
  for (const node of nodelist) {
    const { evidence } = results[node]!;
    assert.deepEqual([evidence?.transport, evidence?.loaded?.[1]?.sha256], ["multicast", manifest.rawSha256], node);
  }
});
