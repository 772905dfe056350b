import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sql, admit, armLoads, claim, countLoads, importImages, record } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitsAll, endOf, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();
const inventory = siteOf(fleetOf(4), { nodeTypes: [{ name: "pc", defaultImage: "base" }] });

const imageNamed = (name: string, maxConcurrentLoads?: number) =>
  ({ name, visibility: "public", state: "ready", addedBy: "admin", maxConcurrentLoads }) as const;

function begin(sql: Sql, n: number, node: string, args: Readonly<Record<string, unknown>>) {
  const request = requestOf(opId(n), [node]);
  return admit(sql, { ...request, verb: "reload", args: { ...request.args, ...args } }, admitsAll);
}

async function loadsOf(sql: Sql): Promise<Record<string, number>> {
  const counted = await sql.begin((tx) =>
    countLoads(tx as unknown as Sql, ["base", "home", "other"], { locks: false }),
  );
  return Object.fromEntries(counted);
}

test("an image is loaded by whoever names it, and by whoever names none and has it by default", async (t) => {
  const database = await databases.newDatabase(t, inventory);
  await importImages(database.ownerUrl, [imageNamed("base"), imageNamed("home"), imageNamed("other")]);
  const sql = database.as("reload");
  await begin(sql, 1, "pc1", {});
  await begin(sql, 2, "pc2", { imageid: "home" });
  await begin(sql, 3, "pc3", { images: ["base", "home"] });
  assert.deepEqual(await loadsOf(sql), { base: 2, home: 2, other: 0 });
});

test("a load that its operation does not wait for counts until it is over", async (t) => {
  const database = await databases.newDatabase(t, inventory);
  await importImages(database.ownerUrl, [imageNamed("base"), imageNamed("home"), imageNamed("other")]);
  const sql = database.as("reload");
  await begin(sql, 1, "pc1", { imageid: "home", waitmode: "none" });
  await claim(sql, "replica", 1);
  const plan = {
    images: [{ image: "home", rawBytes: 8, fileBytes: 4, manifestSha256: "a" }],
    zeroFree: false,
    prepare: false,
  };
  await armLoads(sql, [
    { op: opId(1), node: "pc1", fence: 1, loadId: opId(101), plan, unattendedS: null, defaultImage: null },
  ]);
  assert.equal((await loadsOf(sql))["home"], 1);
  await record(sql, "replica", [endOf({ op: opId(1), node: "pc1", fence: 1 })]);
  assert.equal((await loadsOf(sql))["home"], 1, "nobody waits, and it still loads");
  await sql`update boot_selections set boot = 'disk', plan = null`;
  assert.equal((await loadsOf(sql))["home"], 0);
});

test("two who ask for the last place at once are counted one after the other", async (t) => {
  const database = await databases.newDatabase(t, inventory);
  await importImages(database.ownerUrl, [imageNamed("base", 1)]);
  const sql = database.as("reload", 3);
  const counts: number[] = [];
  await Promise.all(
    ["pc1", "pc2"].map((node, index) => {
      const request = requestOf(opId(index + 1), [node]);
      return admit(
        sql,
        { ...request, verb: "reload" },
        {
          ...admitsAll,
          readMore: async (tx) => {
            counts.push((await countLoads(tx, ["base"], { locks: true })).get("base") ?? -1);
            return undefined;
          },
        },
      );
    }),
  );
  assert.deepEqual(counts.sort(), [0, 1]);
});
