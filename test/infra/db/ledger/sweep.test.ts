import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addChildOperation,
  admit,
  cancelOfRevoked,
  forgetEnded,
  readChildOperations,
} from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsAll, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();

test("what runs for a revoked user, or one who is gone, is marked once; others' is left alone", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  await admitNodes(sql, opId(1), ["pc1"]);
  await admit(sql, requestOf(opId(2), ["pc2"], { user: "ann" }), admitsAll);
  await admit(sql, requestOf(opId(3), ["pc3"], { user: "bob" }), admitsAll);
  assert.deepEqual(await cancelOfRevoked(sql), []);
  await database.owner`update registry.users set revoked_at = now() where name = 'ann'`;
  await database.owner`delete from registry.project_members where user_name = 'bob'`;
  await database.owner`delete from registry.users where name = 'bob'`;
  const found = await cancelOfRevoked(sql);
  assert.deepEqual(found.map(({ op, user }) => [op, user]).sort(), [
    [opId(2), "ann"],
    [opId(3), "bob"],
  ]);
  assert.deepEqual(await cancelOfRevoked(sql), []);
});

test("ended operations are forgotten after their days, running ones never", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  for (const n of [1, 2, 3]) await admitNodes(sql, opId(n), [`pc${n}`]);
  await sql`update operations set finished_at = now() - interval '10 days' where op = ${opId(1)}`;
  await sql`update operations set finished_at = now() - interval '1 day' where op = ${opId(2)}`;
  await sql`update operations set created_at = now() - interval '99 days' where op = ${opId(3)}`;
  assert.equal(await forgetEnded(sql, { keepDays: 7, asksOthers: false }), 1);
  assert.deepEqual(
    (await sql`select op from operations order by op`).map(({ op }) => op as string),
    [opId(2), opId(3)],
  );
  assert.equal((await sql`select from node_runs where op = ${opId(1)}`).count, 0);
});

test("what was asked of others for an operation is forgotten with it", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reload");
  for (const n of [1, 2]) {
    await admitNodes(sql, opId(n), [`pc${n}`]);
    await addChildOperation(sql, {
      op: opId(n + 10),
      parentOp: opId(n),
      verb: "reboot",
      args: { nodelist: [`pc${n}`] },
      deadlineAt: null,
    });
  }
  await sql`update operations set finished_at = now() - interval '10 days' where op = ${opId(1)}`;
  assert.equal(await forgetEnded(sql, { keepDays: 7, asksOthers: true }), 1);
  assert.equal((await readChildOperations(sql, opId(1))).length, 0);
  assert.equal((await readChildOperations(sql, opId(2))).length, 1);
});
