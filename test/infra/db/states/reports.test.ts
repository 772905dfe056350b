import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeState, StateChange } from "../../../../contracts/index.ts";
import {
  type Sql,
  addReport,
  applyReport,
  readHistory,
  readLatestReports,
  readNodeAt,
  readNodeState,
  readReportsOf,
  readUnappliedReports,
} from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, nodeOf, siteOf } from "../../../support/inventory.ts";

const databases = databaseServer();
const expected = { mode: "NORMAL", isExpected: true, timeoutS: null } as const;

const report = (sql: Sql, node: string, state: NodeState, bootId?: string): Promise<StateChange> =>
  addReport(sql, node, { state, ...(bootId === undefined ? {} : { bootId }) }, "address");

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
  const news = await Promise.all(
    [1, 2, 3].map(() => applyReport(registry, change, { ...expected, isExpected: false })),
  );
  assert.deepEqual(news.filter(Boolean), [true]);
  assert.deepEqual(await readNodeState(registry, "pc1"), { mode: "NORMAL", state: "ISUP", reportId: change.id });
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
  await applyReport(registry, newer, expected);
  await applyReport(registry, older, expected);
  assert.equal((await readNodeState(registry, "pc1"))?.state, "ISUP");
  assert.equal((await readHistory(registry, { node: "pc1" })).entries.length, 2);
});

test("what a node that is no more reported is dropped", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const registry = database.as("registry");
  const change = await report(database.as("boot"), "gone", "ISUP");
  assert.equal(await applyReport(registry, change, expected), false);
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
  await applyReport(registry, changes[1]!, expected);
  await applyReport(registry, changes[3]!, expected);
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
    await applyReport(registry, await report(boot, "pc1", state), expected);
  }
  const { entries } = await readHistory(registry, { node: "pc1", limit: 2 });
  assert.deepEqual(
    entries.map(({ state }) => state),
    ["SHUTDOWN", "ISUP"],
  );
});
