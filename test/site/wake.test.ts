import assert from "node:assert/strict";
import { test } from "node:test";
import postgres from "postgres";
import { until } from "../infra/simulator/support/until.ts";
import { documentOf, siteWith } from "../support/site.ts";

const site = siteWith({ nodes: [{ name: "pc1" }, { name: "pc2" }] });

test("a node that waits in PXE is woken without a power cycle, unless it is to be killed", async (t) => {
  const sql = postgres(site.services.postgres.adminUrl, { max: 1 });
  t.after(() => sql.end());
  const stateOf = async (node: string) =>
    (
      await sql<{ state: string }[]>`
      select state from boot.state_reports where node = ${node} order by id desc limit 1`
    )[0]?.state;
  await sql`insert into reload.boot_selections (node, boot) values ('pc1', 'wait'), ('pc2', 'wait')`;
  await site.runHere(["reboot", "pc1", "pc2", "--power-cycle", "--json"]);
  for (const node of ["pc1", "pc2"])
    await until(`${node} waits`, async () => (await stateOf(node)) === "PXEWAIT", 60_000);
  const before = await site.powerActions("pc1");

  const woken = documentOf(await site.runHere(["reboot", "pc1", "--wait", "--json"]));
  assert.deepEqual([woken.results["pc1"]?.via, woken.results["pc1"]?.reason], ["wakeup", "isup"]);
  assert.deepEqual(await site.powerActions("pc1"), before);

  const killed = documentOf(await site.runHere(["reboot", "pc2", "--kill", "--json"]));
  assert.equal(killed.results["pc2"]?.via, "power-cycle");
});
