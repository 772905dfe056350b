import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseServer } from "../support/database.ts";
import { diskAtReset, loadScene, tailOf } from "./support/load-scene.ts";

const databases = databaseServer();

test("a person reloads two machines that are off: powered on by IPMI, loaded, verified, up", async (t) => {
  const { lab, raw, manifest, startActingAgents } = await loadScene(t, databases, { machines: 2, subnet: 15 });
  const alice = await startActingAgents();
  const disks = lab.nodes.map((node) => diskAtReset(node, raw.length));
  const nodelist = lab.nodes.map(({ name }) => name);
  const operation = await alice.reload({ nodelist, imageid: "base", waitmode: "booted" });
  const { code, results } = await operation.wait();
  const consoles = await Promise.all(lab.nodes.map(({ consoleFile }) => tailOf(consoleFile)));
  assert.equal(code, 0, [JSON.stringify(results), ...consoles].join("\n"));
  for (const disk of await Promise.all(disks)) assert.ok(disk.equals(raw));
  for (const node of nodelist) {
    assert.equal(results[node]?.reason, "isup");
    assert.ok(
      JSON.stringify(results[node]).includes(manifest.rawSha256),
      "the evidence has the digest that was written",
    );
  }
});
