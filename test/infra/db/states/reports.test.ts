import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeState, StateChange } from "../../../../contracts/index.ts";
import {
  type JudgedReport,
  type Sql,
  addReport,
  applyReports,
  forgetHistory,
  readHistory,
  readLatestReports,
  readNodeAt,
  readNodeStates,
  readReportsOf,
  readUnappliedReports,
} from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, nodeOf, siteOf } from "../../../support/inventory.ts";

const databases = databaseServer();

const report = (sql: Sql, node: string, state: NodeState, bootId?: string): Promise<StateChange> =>
  addReport(sql, node, { state, ...(bootId === undefined ? {} : { bootId }) }, "address");

const judged = (change: StateChange, isExpected = true): JudgedReport => ({
  ...change,
  ...{ mode: "NORMAL", isExpected, timeoutS: null },
});
/** Applies one report; whether it was news. */
const apply = async (sql: Sql, change: StateChange, isExpected = true) =>
  (await applyReports(sql, [judged(change, isExpected)])).has(change.id);
const stateOf = async (sql: Sql, node: string) => (await readNodeStates(sql, [node])).get(node);

test("a report is given back as it was committed, with growing ids", async (t) => {
  const boot = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("boot");
  const first = await report(boot, "pc1", "BOOTING", "0b00-1111");
  const second = await report(boot, "pc1", "ISUP");
  assert.deepEqual(
    { ...first, reportedAt: "" },
    { v: 1, id: first.id, node: "pc1", state: "BOOTING", bootId: "0b00-1111", reportedBy: "address", reportedAt: "" },
  );
  assert.match(first.reportedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(second.id > first.id);
  assert.deepEqual(await readLatestReports(boot, ["pc1", "pc2"]), [second]);
});

test("a node is known by an address that is its alone", async (t) => {
  const nodes = [
    nodeOf("pc1", { address: "127.1.0.1" }),
    nodeOf("pc2", { address: "127.1.0.2" }),
    nodeOf("pc3", { address: "127.1.0.2" }),
  ];
  const boot = (await databases.newDatabase(t, siteOf(nodes))).as("boot");
  assert.equal(await readNodeAt(boot, "127.1.0.1"), "pc1");
  assert.equal(await readNodeAt(boot, "127.1.0.2"), undefined);
  assert.equal(await readNodeAt(boot, "127.1.0.9"), undefined);
});

test("a report becomes the node's state and history once, however often it is applied", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const registry = database.as("registry");
  const change = await report(database.as("boot"), "pc1", "ISUP", "0b00-1111");
  const news = await Promise.all([1, 2, 3].map(() => apply(registry, change, false)));
  assert.deepEqual(news.filter(Boolean), [true]);
  assert.deepEqual(await stateOf(registry, "pc1"), { mode: "NORMAL", state: "ISUP", reportId: change.id });
  const { known, entries } = await readHistory(registry, { node: "PC1" });
  assert.ok(known);
  assert.deepEqual(entries, [
    {
      at: change.reportedAt,
      state: "ISUP",
      mode: "NORMAL",
      expected: false,
      reportedBy: "address",
      bootId: "0b00-1111",
    },
  ]);
});

test("an older report that comes late is history, and does not take the state back", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [boot, registry] = [database.as("boot"), database.as("registry")];
  const older = await report(boot, "pc1", "BOOTING");
  const newer = await report(boot, "pc1", "ISUP");
  await apply(registry, newer);
  await apply(registry, older);
  assert.equal((await stateOf(registry, "pc1"))?.state, "ISUP");
  assert.equal((await readHistory(registry, { node: "pc1" })).entries.length, 2);
});

test("many reports are one statement: each is history once and in order, the newest of a node its state", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const [boot, registry] = [database.as("boot"), database.as("registry")];
  const reports = [
    await report(boot, "pc1", "BOOTING", "0b00-1111"),
    await report(boot, "pc2", "ISUP"),
    await report(boot, "pc1", "ISUP"),
  ];
  const [known] = reports;
  await apply(registry, known!);
  const again = [...reports, ...reports].reverse().map((change) => judged(change));
  assert.deepEqual([...(await applyReports(registry, again))].sort(), [reports[1]!.id, reports[2]!.id]);
  assert.equal((await stateOf(registry, "pc1"))?.reportId, reports[2]!.id);
  assert.equal((await stateOf(registry, "pc2"))?.state, "ISUP");
  const { entries } = await readHistory(registry, { node: "pc1" });
  assert.deepEqual(
    entries.map(({ state }) => state),
    ["ISUP", "BOOTING"],
  );
  const [row] = await registry`select boot_id from registry.node_states where node = 'pc1'`;
  assert.equal(row?.["boot_id"], "0b00-1111");
});

test("what a node that is no more reported is dropped", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const registry = database.as("registry");
  const change = await report(database.as("boot"), "gone", "ISUP");
  assert.equal(await apply(registry, change), false);
  assert.deepEqual([...(await readUnappliedReports(registry))], []);
  assert.deepEqual(await readHistory(registry, { node: "gone" }), { known: false, entries: [] });
});

test("reports that the bus lost are found, those between applied ones too, oldest first", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const [boot, registry] = [database.as("boot"), database.as("registry")];
  const changes: StateChange[] = [];
  for (const state of ["SHUTDOWN", "PXEBOOTING", "BOOTING", "ISUP"] as const) {
    changes.push(await report(boot, "pc1", state));
  }
  await apply(registry, changes[1]!);
  await apply(registry, changes[3]!);
  assert.deepEqual(await readUnappliedReports(registry), [changes[0], changes[2]]);
});

test("what is asked for of one node does not hide the news of another", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const boot = database.as("boot");
  await database.owner`
    insert into boot.state_reports (node, state, reported_by)
    select 'pc1', 'BOOTING', 'address' from generate_series(1, 12000)`;
  const last = await report(boot, "pc1", "ISUP");
  const wanted = [
    { node: "pc1", afterId: last.id - 1 },
    { node: "pc2", afterId: 0 },
  ];
  assert.deepEqual(await readReportsOf(boot, wanted), [last]);
});

test("history comes newest first, as much as is asked for", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [boot, registry] = [database.as("boot"), database.as("registry")];
  for (const state of ["BOOTING", "ISUP", "SHUTDOWN"] as const) {
    await apply(registry, await report(boot, "pc1", state));
  }
  const { entries } = await readHistory(registry, { node: "pc1", limit: 2 });
  assert.deepEqual(
    entries.map(({ state }) => state),
    ["SHUTDOWN", "ISUP"],
  );
});

/** Reports of a node so many days ago, `areTakenIn` by the registry or not. */
async function reportedBefore(
  owner: Sql,
  { node, count, daysAgo, areTakenIn }: { node: string; count: number; daysAgo: number; areTakenIn: boolean },
): Promise<void> {
  await owner`
    with reports as (
      insert into boot.state_reports (node, state, reported_by, reported_at)
      select ${node}, 'ISUP', 'address', now() - make_interval(days => ${daysAgo}) from generate_series(1, ${count}::int)
      returning *
    )
    insert into registry.node_history (node, at, state, is_expected, reported_by, report_id)
    select node, reported_at, state, true, reported_by, id from reports where ${areTakenIn} order by id`;
}

test("what nodes reported long ago is forgotten a little at a time, but for each node's newest 1,000", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const [owner, registry] = [database.owner, database.as("registry")];
  await reportedBefore(owner, { node: "pc1", count: 1_150, daysAgo: 91, areTakenIn: true });
  await reportedBefore(owner, { node: "gone", count: 5, daysAgo: 91, areTakenIn: false });
  await reportedBefore(owner, { node: "pc2", count: 1_200, daysAgo: 89, areTakenIn: true });
  assert.deepEqual(await forgetHistory(registry, 90), { reports: 105, entries: 100 });
  assert.deepEqual(await forgetHistory(registry, 90), { reports: 50, entries: 50 });
  assert.deepEqual(await forgetHistory(registry, 90), { reports: 0, entries: 0 });
  const left = await owner`
    select node, count(*)::int as reports, (select count(*)::int from registry.node_history h where h.node = r.node) as entries
    from boot.state_reports r group by node order by node`;
  assert.deepEqual(
    left.map(({ node, reports, entries }) => [node, reports, entries] as unknown[]),
    [
      ["pc1", 1_000, 1_000],
      ["pc2", 1_200, 1_200],
    ],
  );
  assert.deepEqual([...(await readUnappliedReports(registry))], []);
});

test("what the registry may yet have to take in is not forgotten, however old, and what is of today never", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const [owner, registry] = [database.owner, database.as("registry")];
  const nothing = { reports: 0, entries: 0 };
  await reportedBefore(owner, { node: "pc1", count: 1_100, daysAgo: 91, areTakenIn: false });
  assert.deepEqual(await forgetHistory(registry, 90), nothing);
  await reportedBefore(owner, { node: "pc2", count: 50, daysAgo: 0, areTakenIn: true });
  assert.deepEqual(await forgetHistory(registry, 90), { reports: 100, entries: 0 });
  assert.equal((await readUnappliedReports(registry)).length, 950);
  await reportedBefore(owner, { node: "pc2", count: 2_000, daysAgo: 0, areTakenIn: true });
  assert.deepEqual(await forgetHistory(registry, 0), nothing);
});
