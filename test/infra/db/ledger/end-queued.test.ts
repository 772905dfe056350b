import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, claim, endQueued, record } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsRuns, endOf, opId, requestOf, resultWith } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);
const cancelled = resultWith(1, { outcome: "cancelled", reason: "cancelled-by-user", attempts: 0 });

test("what nobody has started ends, and is let go; what is under way goes on", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2", "pc3"]);
  const [run] = await claim(sql, "a", 1);
  const { ended, operation } = await endQueued(sql, op, cancelled);
  assert.deepEqual(ended.map(({ node, result }) => [node, result.outcome]).sort(), [
    ["pc2", "cancelled"],
    ["pc3", "cancelled"],
  ]);
  assert.deepEqual([operation?.failedCount, operation?.finishedAt], [2, null]);
  const locks = await database.owner<{ node: string }[]>`select node from ledger.node_locks`;
  assert.deepEqual(
    locks.map(({ node }) => node),
    [run!.node],
  );
  const last = await record(sql, "a", [endOf(run!)]);
  assert.notEqual(last.operations[0]?.finishedAt, null);
});

test("guests that wait for a host end too", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(2)))).as("reboot");
  await admit(sql, requestOf(op, ["pc1", "pc2"]), admitsRuns([{ node: "pc1" }, { node: "pc2", waitsFor: "pc1" }]));
  const { ended, operation } = await endQueued(sql, op, cancelled);
  assert.equal(ended.length, 2);
  assert.notEqual(operation?.finishedAt, null);
});

test("where nothing is queued nothing changes, and nobody is told of an end twice", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  await endQueued(sql, op, cancelled);
  assert.deepEqual(await endQueued(sql, op, cancelled), { ended: [], operation: undefined });
});

test("a run is either claimed or ended, never both, when both are tried at once", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(300)));
  const sql = database.as("reboot", 4);
  await admitNodes(
    sql,
    op,
    fleetOf(300).map(({ name }) => name),
  );
  const [first, { ended }, second] = await Promise.all([
    claim(sql, "a", 100),
    endQueued(sql, op, cancelled),
    claim(sql, "b", 100),
  ]);
  const touched = [...first, ...ended, ...second].map(({ node }) => node);
  assert.equal(new Set(touched).size, touched.length);
  const [row] = await database.owner`select done_count from reboot.operations`;
  assert.equal(row?.["done_count"], ended.length);
});
