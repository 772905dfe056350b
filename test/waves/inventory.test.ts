import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { siteWith } from "../support/site.ts";

const site = siteWith({ nodes: [{ name: "pc1" }] });

/** Ten seconds are the aim on a machine of its own; a busy one may take this long. */
const limitS = 90;

test("10,000 nodes are imported from a file in one change", async (t) => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => ({
    name: `n${index}`,
    type: "pc",
    address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    power: { driver: "ipmi", address: `10.9.${(index >> 8) & 255}.${index & 255}`, username: "admin" },
    sshHostKey: `ssh-ed25519 ${Buffer.from(`key of node ${index}`.padEnd(51, "x")).toString("base64")}`,
    circuit: `c${index % 400}`,
  }));
  const file = join(site.elsewhere, "fleet.yaml");
  writeFileSync(file, stringify({ nodes }));
  const beganAt = performance.now();
  const end = await site.run(["inventory", "import", file, "--json"]);
  const seconds = (performance.now() - beganAt) / 1_000;
  assert.equal(end.status, 0, end.stderr);
  assert.equal((JSON.parse(end.stdout) as { added: number }).added, 10_000);
  t.diagnostic(`${seconds.toFixed(1)} s`);
  assert.ok(seconds < limitS, `${seconds.toFixed(1)} s`);
});
