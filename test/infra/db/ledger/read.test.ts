import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Sql,
  admit,
  claim,
  readForReplay,
  readOperation,
  readRecentOperations,
  record,
  requestCancel,
} from "../../../../infra/db/index.ts";
import {
  type OperationAnswer,
  type OperationsQuery,
  hasShape,
  maxPageRows,
  querySchemasOf,
} from "../../../../contracts/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsAll, admitsRuns, endOf, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);

/** Ends these many of an operation's runs, every fifth of them without success. */
async function endRuns(sql: Sql, count: number): Promise<void> {
  const runs = await claim(sql, "a", count);
  await record(
    sql,
    "a",
    runs.map((run, index) => endOf(run, index % 5 === 0 ? 1 : 0)),
  );
}

test("results come in pages, each node once", async (t) => {
  const nodes = 2 * maxPageRows + 100;
  const database = await databases.newDatabase(t, siteOf(fleetOf(nodes)));
  const sql = database.as("reboot");
  await admitNodes(
    sql,
    op,
    fleetOf(nodes).map(({ name }) => name),
  );
  await endRuns(sql, nodes);
  const registry = database.as("registry");
  const sizes: number[] = [];
  const names: string[] = [];
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page: OperationAnswer | undefined = await readOperation(registry, { op, ...(after && { after }) }, "admin");
    assert.ok(page && hasShape(querySchemasOf("operation").answer, page));
    assert.deepEqual([page.operation.doneCount, page.operation.failedCount], [nodes, nodes / 5]);
    sizes.push(Object.keys(page.results).length);
    names.push(...Object.keys(page.results));
    after = page.next;
  }
  assert.deepEqual(sizes, [maxPageRows, maxPageRows, 100]);
  assert.equal(new Set(names).size, nodes);
});

test("only what has ended since is asked for again, and asOf misses nothing", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(4)));
  const sql = database.as("reboot");
  const registry = database.as("registry");
  await admitNodes(sql, op, ["pc1", "pc2", "pc3", "pc4"]);
  await endRuns(sql, 2);
  await database.owner`update reboot.node_runs set finished_at = finished_at - interval '1 min' where state = 'done'`;
  const before = await readOperation(registry, { op }, "admin");
  assert.equal(Object.keys(before!.results).length, 2);
  await endRuns(sql, 1);
  const since = await readOperation(registry, { op, since: before!.asOf }, "admin");
  assert.equal(Object.keys(since!.results).length, 1);
});

test("asOf has slack for results that were taken before they could be seen", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  const registry = database.as("registry");
  await admitNodes(sql, op, ["pc1"]);
  await endRuns(sql, 1);
  const { asOf } = (await readOperation(registry, { op }, "admin"))!;
  assert.equal(Object.keys((await readOperation(registry, { op, since: asOf }, "admin"))!.results).length, 1);
});

test("an operation is seen by whoever began it and by admins; to others it does not exist", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  const registry = database.as("registry");
  await admit(sql, requestOf(op, ["pc1"], { user: "ann" }), admitsRuns([{ node: "pc1" }]));
  const whoSees = async () => {
    const seen: string[] = [];
    for (const user of ["ann", "bob", "admin", "nobody"]) {
      if (await readOperation(registry, { op }, user)) seen.push(user);
      const listed = await readRecentOperations(registry, {}, user);
      assert.equal(listed.length > 0, seen.includes(user));
    }
    return seen;
  };
  assert.deepEqual(await whoSees(), ["ann", "admin"]);
  await database.owner`update registry.users set revoked_at = now() where name = 'admin'`;
  assert.deepEqual(await whoSees(), ["ann"]);
});

test("the newest operations come first, and those alone that are running, of a verb, of a user or since an instant", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  const registry = database.as("registry");
  for (const n of [1, 2, 3]) await admitNodes(sql, opId(n), [`pc${n}`]);
  await endRuns(sql, 1);
  const opsOf = async (query: OperationsQuery) =>
    (await readRecentOperations(registry, query, "admin")).map((operation) => Number.parseInt(operation.op, 16));
  assert.deepEqual(await opsOf({}), [3, 2, 1]);
  assert.deepEqual(await opsOf({ limit: 2 }), [3, 2]);
  assert.deepEqual(await opsOf({ running: true }), [3, 2]);
  await admit(database.as("reload"), { ...requestOf(opId(4), ["pc1"], { user: "ann" }), verb: "reload" }, admitsAll);
  assert.deepEqual(await opsOf({ verb: "reload" }), [4]);
  assert.deepEqual(await opsOf({ user: "ann" }), [4]);
  await sql`update operations set created_at = created_at - interval '1 hour' where op = ${opId(2)}`;
  const since = new Date(Date.now() - 1_800_000).toISOString();
  assert.deepEqual(await opsOf({ since, verb: "reboot" }), [3, 1]);
});

test("a replay is told the nodes in order, what has ended, and the code", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc3", "pc1", "pc2"]);
  await endRuns(sql, 1);
  const half = await readForReplay(sql, op);
  assert.deepEqual(half.nodes, ["pc1", "pc2", "pc3"]);
  assert.deepEqual([half.ended.length, half.code, half.finishedAt], [1, 1, null]);
  await endRuns(sql, 2);
  const whole = await readForReplay(sql, op);
  assert.deepEqual([whole.ended.length, whole.code], [3, 2]);
  assert.match(whole.finishedAt ?? "", /^\d{4}-.*Z$/);
});

const cancels = [
  ["its own operation", "ann", true],
  ["an operation of another", "bob", "operation-unknown"],
  ["any operation, as an admin,", "admin", true],
] as const;
for (const [what, user, expected] of cancels) {
  test(`${user} cancels ${what}: ${expected === true ? "it is marked" : expected}`, async (t) => {
    const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
    const sql = database.as("reboot");
    const registry = database.as("registry");
    await admit(sql, requestOf(op, ["pc1"], { user: "ann" }), admitsRuns([{ node: "pc1" }]));
    const outcome = await requestCancel(sql, op, user);
    assert.equal(outcome.ok || outcome.reason, expected);
    assert.equal((await readOperation(registry, { op }, "ann"))?.operation.cancelRequested, expected === true);
  });
}

test("cancelling again changes nothing; what has ended or never was cannot be cancelled", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  await requestCancel(sql, op, "admin");
  const [first] = await sql`select cancel_requested_at from reboot.operations`;
  assert.deepEqual(await requestCancel(sql, op, "admin"), { ok: true });
  assert.deepEqual((await sql`select cancel_requested_at from reboot.operations`)[0], first);
  await endRuns(sql, 1);
  const ended = await requestCancel(sql, op, "admin");
  assert.equal(!ended.ok && ended.reason, "operation-finished");
  const unknown = await requestCancel(sql, opId(2), "admin");
  assert.equal(!unknown.ok && unknown.reason, "operation-unknown");
});
