import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sql, admit, claim, claimAbandoned, record, renew, runKey } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsRuns, endOf, opId, requestOf, resultWith } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);
const namesOf = (count: number) => fleetOf(count).map(({ name }) => name);

async function countsOf(sql: Sql, of: string): Promise<unknown> {
  const [row] = await sql`
    select done_count as done, failed_count as failed, finished_at is not null as ended from reboot.operations where op = ${of}`;
  return { ...row };
}

async function lockedNodes(sql: Sql): Promise<string[]> {
  const rows = await sql<{ node: string }[]>`select node from ledger.node_locks order by node`;
  return rows.map(({ node }) => node);
}

test("a result is written with the operation's counts, and its node is let go", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  const [run] = await claim(sql, "a", 1);
  const recorded = await record(sql, "a", [endOf(run!, 1)]);
  assert.deepEqual([...recorded.written], [runKey(run!)]);
  assert.deepEqual(recorded.operations, [
    { op, user: "admin", failedCount: 1, maxFailures: null, finishedAt: null, releasedLocks: 1 },
  ]);
  assert.deepEqual(await countsOf(database.owner, op), { done: 1, failed: 1, ended: false });
  assert.deepEqual(await lockedNodes(database.owner), ["pc2"]);
});

test("a write with an old fence changes nothing, and says so", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  const [old] = await claim(sql, "a", 1);
  await database.owner`update reboot.node_runs set lease_until = now() - interval '1 s'`;
  const [taken] = await claimAbandoned(sql, "a", 1);
  const recorded = await record(sql, "a", [endOf(old!, 1)]);
  assert.deepEqual([recorded.written.size, recorded.operations], [0, []]);
  assert.deepEqual(await countsOf(database.owner, op), { done: 0, failed: 0, ended: false });
  assert.equal((await record(sql, "a", [endOf(taken!)])).written.size, 1);
});

test("another replica cannot write a run, its fence known or not", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  const [run] = await claim(sql, "a", 1);
  assert.equal((await record(sql, "b", [endOf(run!)])).written.size, 0);
});

test("a run that has ended is not written again, so it is counted once", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  const [run] = await claim(sql, "a", 1);
  await record(sql, "a", [endOf(run!)]);
  const again = await record(sql, "a", [endOf(run!, 1), { ...endOf(run!), state: "leased" }]);
  assert.equal(again.written.size, 0);
  assert.deepEqual(await countsOf(database.owner, op), { done: 1, failed: 0, ended: false });
});

test("progress stays when a later change brings none", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  const [run] = await claim(sql, "a", 1);
  const { node, fence } = run!;
  await record(sql, "a", [{ op, node, fence, state: "firing", progress: { begun: "diag" } }]);
  await record(sql, "a", [{ op, node, fence, state: "leased" }]);
  const [row] = await database.owner`select state, progress from reboot.node_runs`;
  assert.deepEqual({ ...row }, { state: "leased", progress: { begun: "diag" } });
});

test("guests end with their host, each with the result that the host's end brings", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(4)));
  const sql = database.as("reboot");
  const runs = [{ node: "pc1" }, { node: "pc2", waitsFor: "pc1" }, { node: "pc3", waitsFor: "pc1" }, { node: "pc4" }];
  await admit(sql, requestOf(op, namesOf(4)), admitsRuns(runs));
  const [host] = (await claim(sql, "a", 10)).filter(({ node }) => node === "pc1");
  const guestResult = resultWith(1, { reason: "host-failed" });
  const recorded = await record(sql, "a", [{ ...endOf(host!, 1), guestResult }]);
  assert.deepEqual(recorded.guests.map(({ node }) => node).sort(), ["pc2", "pc3"]);
  for (const { result } of recorded.guests) assert.deepEqual(result, guestResult);
  assert.deepEqual(await countsOf(database.owner, op), { done: 3, failed: 3, ended: false });
  assert.deepEqual(await lockedNodes(database.owner), ["pc4"]);
});

test("a child's results let go of nothing: the nodes are its parent's", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  const parent = opId(7);
  await database.as("reload")`select * from ledger.acquire_locks(${parent}, ${parent}, ${["pc1"]})`;
  const request = requestOf(op, ["pc1"], { user: "reload", parentOp: parent });
  await admit(sql, request, admitsRuns([{ node: "pc1" }]));
  const [run] = await claim(sql, "a", 1);
  const { operations } = await record(sql, "a", [endOf(run!)]);
  assert.notEqual(operations[0]?.finishedAt, null);
  assert.deepEqual(await lockedNodes(database.owner), ["pc1"]);
});

test("a power action is stamped for the type's minimum delay", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  const runs = await claim(sql, "a", 2);
  const firing = runs.map(({ node, fence }) => ({ op, node, fence, state: "firing" as const }));
  await record(sql, "a", [{ ...firing[0]!, stampsPower: true }, firing[1]!]);
  const stamps =
    await database.owner`select node, powered_on_at > now() - interval '1 min' as recent from reboot.power_stamps`;
  assert.deepEqual(
    stamps.map((row) => ({ ...row })),
    [{ node: firing[0]!.node, recent: true }],
  );
});

test("results, names and details are kept to the letter", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  const [run] = await claim(sql, "a", 1);
  const result = resultWith(1, { detail: `it's "quoted" \\ $1 ${"ü".repeat(300)}\n\t{null}` });
  await record(sql, "a", [{ ...endOf(run!), result }]);
  const [row] = await sql`select result from reboot.node_runs`;
  assert.deepEqual(row?.["result"], result);
});

test(
  "counts stay exact under concurrent writers, one sees each end, and none locks up",
  { timeout: 60_000 },
  async (t) => {
    const database = await databases.newDatabase(t, siteOf(fleetOf(480)));
    const sql = database.as("reboot", 8);
    const ops = Array.from({ length: 8 }, (_, n) => opId(n));
    const names = namesOf(480);
    for (const [n, each] of ops.entries())
      await admitNodes(
        sql,
        each,
        names.filter((_, index) => index % 8 === n),
      );
    const owners = ["a", "b", "c", "d"];
    const ends: string[] = [];
    await Promise.all(
      owners.map(async (owner) => {
        const runs = await claim(sql, owner, 120);
        // Each batch is of several operations, in an order of its owner's, so that orders of locking would cross.
        const changes = runs.map((run, index) => endOf(run, index % 3 === 0 ? 1 : 0));
        if (owner > "b") changes.reverse();
        for (let from = 0; from < changes.length; from += 12) {
          const { operations } = await record(sql, owner, changes.slice(from, from + 12));
          ends.push(...operations.filter(({ finishedAt }) => finishedAt !== null).map((operation) => operation.op));
        }
      }),
    );
    assert.deepEqual(ends.sort(), ops);
    const wrong = await database.owner`
    select o.op from reboot.operations o join reboot.node_runs r using (op) group by o.op
    having o.done_count <> count(*) or o.failed_count <> sum((r.result->>'status')::int)`;
    assert.equal(wrong.count, 0);
    assert.deepEqual(await lockedNodes(database.owner), []);
    const [row] = await database.owner`select deadlocks::int from pg_stat_database where datname = current_database()`;
    assert.equal(row?.["deadlocks"], 0);
  },
);

test("a replica's renewals and its own writes do not lock each other up", { timeout: 60_000 }, async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(800)));
  const sql = database.as("reboot", 4);
  await admitNodes(sql, op, namesOf(800));
  const runs = [...(await claim(sql, "a", 800))].reverse();
  const saves = runs.map(({ node, fence }) => ({ op, node, fence, state: "leased" as const, progress: { seen: [] } }));
  const writing = (async () => {
    for (let round = 0; round < 12; round++) await record(sql, "a", saves);
  })();
  const renewing = (async () => {
    for (let round = 0; round < 40; round++) await renew(sql, "a");
  })();
  await Promise.all([writing, renewing]);
  assert.equal((await renew(sql, "a")).held.length, 800);
});
