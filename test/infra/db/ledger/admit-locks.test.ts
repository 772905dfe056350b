import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sql, admit, claim, record } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsAll, admitsRuns, endOf, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();

async function holdersOf(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ node: string; holder: string }[]>`select node, root_op as holder from ledger.node_locks`;
  return Object.fromEntries(rows.map(({ node, holder }) => [node, holder]));
}

test("a node that another operation holds ends busy and names the holder; the others are admitted", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  await admitNodes(sql, opId(1), ["pc1", "pc2"]);
  const outcome = await admitNodes(sql, opId(2), ["pc2", "pc3"]);
  assert.ok(outcome.kind === "admitted");
  assert.deepEqual(
    outcome.runs.map(({ node, result }) => [node, result?.outcome, result?.evidence?.holder]),
    [
      ["pc2", "busy", opId(1)],
      ["pc3", undefined, undefined],
    ],
  );
  assert.deepEqual(await holdersOf(database.owner), { pc1: opId(1), pc2: opId(1), pc3: opId(2) });
});

test("overlapping operations at once never lock up, and each node has one holder", { timeout: 60_000 }, async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(60)));
  const sql = database.as("reboot", 8);
  const names = fleetOf(60).map(({ name }) => name);
  // Each names the same nodes, from another one on, so that orders of locking would cross.
  const rotated = (by: number) => [...names.slice(by), ...names.slice(0, by)];
  const admitted = await Promise.all(Array.from({ length: 8 }, (_, n) => admitNodes(sql, opId(n), rotated(n * 7))));
  const free = admitted.map((outcome) =>
    outcome.kind === "admitted" ? outcome.runs.filter((run) => !run.result) : [],
  );
  assert.equal(free.flat().length, 60, "every node was had by exactly one of them");
  const holders = await holdersOf(database.owner);
  free.forEach((runs, n) => runs.forEach(({ node }) => assert.equal(holders[node], opId(n))));
  const [row] = await database.owner`select deadlocks::int from pg_stat_database where datname = current_database()`;
  assert.equal(row?.["deadlocks"], 0);
});

test("a read takes no lock, and is not kept out by one", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, opId(1), ["pc1"]);
  const outcome = await admit(sql, requestOf(opId(2), ["pc1"], { verb: "power", needsLocks: false }), admitsAll);
  assert.deepEqual(outcome.kind === "admitted" && outcome.runs, [{ node: "pc1" }]);
  assert.deepEqual(await holdersOf(database.owner), { pc1: opId(1) });
});

test("a child runs under the locks of its parent", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const parent = opId(1);
  await database.as("reload")`select * from ledger.acquire_locks(${parent}, ${parent}, ${["pc1", "pc2"]})`;
  const request = requestOf(opId(2), ["pc1", "pc2"], { user: "reload", parentOp: parent });
  const outcome = await admit(database.as("reboot"), request, admitsAll);
  assert.deepEqual(outcome.kind === "admitted" && outcome.runs, [{ node: "pc1" }, { node: "pc2" }]);
  assert.deepEqual(await holdersOf(database.owner), { pc1: parent, pc2: parent });
});

test("a child of a child runs under the same lock: setup, its reload, and the reboot of that", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [root, child] = [opId(1), opId(2)];
  await database.as("setup")`select * from ledger.acquire_locks(${root}, ${root}, ${["pc1"]})`;
  const reloaded = await admit(
    database.as("reload"),
    requestOf(child, ["pc1"], { verb: "reload", user: "setup", parentOp: root }),
    admitsAll,
  );
  assert.deepEqual(reloaded.kind === "admitted" && reloaded.runs, [{ node: "pc1" }]);
  const grandchild = requestOf(opId(3), ["pc1"], { user: "reload", parentOp: child });
  const rebooted = await admit(database.as("reboot"), grandchild, admitsAll);
  assert.deepEqual(rebooted.kind === "admitted" && rebooted.runs, [{ node: "pc1" }]);
});

test("two children of one parent do not work on a node at once, and the lock goes with the child's run", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  const parent = opId(1);
  await database.as("reload")`select * from ledger.acquire_locks(${parent}, ${parent}, ${["pc1"]})`;
  const childOf = (n: number) => requestOf(opId(n), ["pc1"], { user: "reload", parentOp: parent });
  await admit(sql, childOf(2), admitsAll);
  const busy = await admit(sql, childOf(3), admitsAll);
  assert.equal(busy.kind === "admitted" && busy.runs[0]?.result?.evidence?.holder, opId(2));
  const [run] = await claim(sql, "me", 1);
  await record(sql, "me", [endOf(run!)]);
  const next = await admit(sql, childOf(4), admitsAll);
  assert.deepEqual(next.kind === "admitted" && next.runs, [{ node: "pc1" }]);
  assert.deepEqual(await holdersOf(database.owner), { pc1: parent });
});

test("a child with a node that its parent does not hold is refused as a whole", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const parent = opId(1);
  await database.as("reload")`select * from ledger.acquire_locks(${parent}, ${parent}, ${["pc1"]})`;
  const request = requestOf(opId(2), ["pc1", "pc2"], { user: "reload", parentOp: parent });
  const outcome = await admit(database.as("reboot"), request, admitsAll);
  assert.equal(outcome.kind === "refused" && outcome.reason, "parent-invalid");
  assert.match(outcome.kind === "refused" ? outcome.detail : "", /pc2/);
  assert.equal((await database.owner`select op from reboot.operations`).count, 0);
});

for (const user of ["ann", "reload"]) {
  test(`an operation that ${user} does not own is no parent, so that nobody gets round a lock by naming its holder`, async (t) => {
    const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
    const sql = database.as("reboot");
    await admitNodes(sql, opId(1), ["pc1"]);
    const outcome = await admit(sql, requestOf(opId(2), ["pc1"], { user, parentOp: opId(1) }), admitsAll);
    assert.equal(outcome.kind === "refused" && outcome.reason, "parent-invalid");
  });
}

test("a guest whose host another operation holds goes its own way", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, opId(1), ["pc1"]);
  const runs = [{ node: "pc1" }, { node: "pc2", waitsFor: "pc1" }];
  const outcome = await admit(sql, requestOf(opId(2), ["pc1", "pc2"]), admitsRuns(runs));
  assert.ok(outcome.kind === "admitted");
  assert.deepEqual(outcome.runs[1], { node: "pc2" });
});
