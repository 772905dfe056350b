import assert from "node:assert/strict";
import { test } from "node:test";
import { readPowerStamps } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";

const databases = databaseServer();

test("of nodes that were powered on, the database's clock tells how long ago; others have no stamp", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  await database.owner`insert into reboot.power_stamps values ('pc1', now() - interval '40 s')`;
  const stamps = await readPowerStamps(database.as("reboot"), ["pc1", "pc2"]);
  const sinceS = stamps.get("pc1");
  assert.ok(sinceS !== undefined && sinceS >= 40 && sinceS < 60);
  assert.equal(stamps.has("pc2"), false);
});
