import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Sql,
  admit,
  armLoads,
  chooseTransports,
  claim,
  clearDisks,
  concludeLoads,
  disarmLoads,
  readExperimentRecords,
  readUnattendedEnds,
  readUnattendedLoads,
  record,
} from "../../../../infra/db/index.ts";
import { type TestDatabase, databaseServer } from "../../../support/database.ts";
import { fleetOf, inLab, siteOf } from "../../../support/inventory.ts";
import { admitsAll, endOf, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);
const [loadId, otherId] = [opId(101), opId(102)];
const sha256 = "ab".repeat(32);
const partition = { number: 1, startSector: 2_048, sizeSectors: 8_192, type: "83", isBootable: true };
const plan = {
  images: [{ image: "base", rawBytes: 8, fileBytes: 4, manifestSha256: sha256 }],
  zeroFree: false,
  prepare: false,
};
const arming = { op, node: "pc1", fence: 1, loadId, plan, unattendedS: null, defaultImage: "base" };

async function claimed(database: TestDatabase): Promise<Sql> {
  const sql = database.as("reload");
  await admit(sql, { ...requestOf(op, ["pc1"]), verb: "reload" }, admitsAll);
  await claim(sql, "replica", 1);
  return sql;
}

async function selectionOf(sql: Sql) {
  const [row] = await sql`select boot, op, load_id as "loadId", plan from boot_selections where node = 'pc1'`;
  return row;
}

async function diskOf(sql: Sql) {
  const [row] = await sql`
    select images, partitions, op, default_image as "defaultImage", loaded_at is not null as "isLoaded" from node_disks`;
  return row;
}

test("arming selects the loader and remembers the image to go back to", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  assert.deepEqual(await armLoads(sql, [arming]), new Set(["pc1"]));
  assert.deepEqual(await selectionOf(sql), { boot: "loader", op, loadId, plan });
  assert.equal((await diskOf(sql))?.["defaultImage"], "base");
});

test("how an image comes is chosen once, and for the load that was asked about alone", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  const [base] = plan.images;
  const [home, again] = [
    { ...base!, image: "home" },
    { ...base!, transport: { kind: "http" } as const },
  ];
  const both = { ...plan, images: [base!, home, again] };
  await armLoads(sql, [{ ...arming, plan: both }]);
  const transport = { kind: "multicast", portBase: 20_000, group: "239.192.1.1" } as const;
  const choose = (image: string, more: object = {}) =>
    chooseTransports(sql, [{ node: "pc1", loadId, image, transport, ...more }]);
  assert.deepEqual(await choose("base", { loadId: otherId }), new Set());
  assert.deepEqual(await choose("other"), new Set());
  assert.deepEqual((await selectionOf(sql))?.["plan"], both);
  assert.deepEqual(await choose("home"), new Set(["pc1"]));
  assert.deepEqual(await choose("base"), new Set(["pc1"]));
  assert.deepEqual(await choose("base", { transport: { kind: "http" } }), new Set());
  const images = [{ ...base, transport }, { ...home, transport }, again];
  assert.deepEqual((await selectionOf(sql))?.["plan"], { ...plan, images });
});

test("a replica that lost the node arms nothing", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  assert.deepEqual(await armLoads(sql, [{ ...arming, fence: 0 }]), new Set());
  assert.equal(await selectionOf(sql), undefined);
});

test("what is on the disk is unknown while it is written, and recorded when the load is concluded", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  await armLoads(sql, [arming]);
  const images = [{ image: "base", sha256 }];
  await concludeLoads(sql, [{ node: "pc1", loadId, images, partitions: [partition] }]);
  assert.deepEqual(await diskOf(sql), { images, partitions: [partition], op, defaultImage: "base", isLoaded: true });
  assert.equal((await selectionOf(sql))?.["boot"], "disk");

  await armLoads(sql, [{ ...arming, loadId: otherId }]);
  await clearDisks(sql, [{ node: "pc1", loadId: otherId }]);
  assert.deepEqual(await diskOf(sql), { images: [], partitions: [], op, defaultImage: "base", isLoaded: false });
});

test("an image of one partition leaves the partition table as it was", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  await armLoads(sql, [arming]);
  await concludeLoads(sql, [{ node: "pc1", loadId, images: [{ image: "base", sha256 }], partitions: [partition] }]);
  await armLoads(sql, [{ ...arming, loadId: otherId }]);
  const images = [{ image: "home", sha256 }];
  await concludeLoads(sql, [{ node: "pc1", loadId: otherId, images, partitions: null }]);
  const disk = await diskOf(sql);
  assert.deepEqual([disk?.["images"], disk?.["partitions"]], [images, [partition]]);
});

test("what is said of an older load changes nothing of a newer one", async (t) => {
  const sql = await claimed(await databases.newDatabase(t, siteOf(fleetOf(1))));
  await armLoads(sql, [arming]);
  await armLoads(sql, [{ ...arming, loadId: otherId }]);
  await disarmLoads(sql, [{ node: "pc1", loadId }]);
  await concludeLoads(sql, [{ node: "pc1", loadId, images: [{ image: "base", sha256 }], partitions: [] }]);
  assert.equal((await selectionOf(sql))?.["boot"], "loader");
  assert.equal((await diskOf(sql))?.["isLoaded"], false);
  await disarmLoads(sql, [{ node: "pc1", loadId: otherId }]);
  assert.deepEqual(await selectionOf(sql), { boot: "disk", op, loadId: otherId, plan: null });
});

test("the end of a load is somebody's to conclude once its run is over", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = await claimed(database);
  await armLoads(sql, [arming]);
  await database.owner`
    insert into boot.state_reports (node, state, reported_by, load_id, loaded)
    values ('pc1', 'RELOADING', 'token', ${loadId}, null),
           ('pc1', 'RELOADDONE', 'token', ${loadId}, ${sql.json([{ image: "base", sha256 }])})`;
  assert.deepEqual([...(await readUnattendedEnds(sql))], [], "its run still waits for it");
  await record(sql, "replica", [endOf({ op, node: "pc1", fence: 1 })]);
  const loaded = [{ image: "base", sha256 }];
  assert.deepEqual(
    [...(await readUnattendedEnds(sql))],
    [{ node: "pc1", loadId, plan, state: "RELOADDONE", loaded, failure: null }],
  );
  await concludeLoads(sql, [{ node: "pc1", loadId, images: loaded, partitions: null }]);
  assert.deepEqual([...(await readUnattendedEnds(sql))], []);
});

test("a load that nobody waits for is told of until it is concluded, or could have been", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1, inLab)));
  const [sql, reboot, setup] = [await claimed(database), database.as("reboot"), database.as("setup")];
  const loading = async () => [...(await readUnattendedLoads(reboot, ["pc1", "pc2"]))];
  const bootImage = async () => (await readExperimentRecords(setup, "demo/lab", "ann")).nodes[0]?.bootImage;
  await armLoads(sql, [arming]);
  assert.deepEqual(await loading(), [], "somebody waits for it");
  await armLoads(sql, [{ ...arming, unattendedS: 600 }]);
  assert.deepEqual(await loading(), [["pc1", op]]);
  await concludeLoads(sql, [{ node: "pc1", loadId, images: [{ image: "base", sha256 }], partitions: null }]);
  assert.deepEqual(await loading(), []);
  assert.equal(await bootImage(), "base");
  await armLoads(sql, [{ ...arming, unattendedS: 0 }]);
  assert.deepEqual(await loading(), [], "its time is up");
  assert.equal(await bootImage(), null, "what a setup finds recorded is not what boots next");
});
