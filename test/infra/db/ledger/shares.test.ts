import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, claim } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitsAll, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();
const names = (from: number, to: number) =>
  fleetOf(to)
    .slice(from - 1)
    .map(({ name }) => name);

/** How many runs each user has in a claim. */
function countByUser(runs: readonly { readonly chargedTo: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { chargedTo } of runs) counts[chargedTo] = (counts[chargedTo] ?? 0) + 1;
  return counts;
}

test("of one claim each user who has work queued gets the same number, however much another has queued before", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(100)))).as("reboot");
  await admit(sql, requestOf(opId(1), names(1, 80), { user: "ann" }), admitsAll);
  await admit(sql, requestOf(opId(2), names(81, 100), { user: "bob" }), admitsAll);
  assert.deepEqual(countByUser(await claim(sql, "a", 20)), { ann: 10, bob: 10 });
  assert.deepEqual(
    countByUser(await claim(sql, "a", 40)),
    { ann: 20, bob: 10 },
    "what bob leaves is for the next claim",
  );
  assert.deepEqual(countByUser(await claim(sql, "a", 40)), { ann: 40 });
});

test("a user takes so much that an eighth of what they then hold is still free, and those first who hold least", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(200)))).as("reboot");
  await admit(sql, requestOf(opId(1), names(1, 100), { user: "ann" }), admitsAll);
  const sharesOf = (free: number, ann: number) => ({ perFree: 8, free, held: new Map([["ann", ann]]) });
  assert.deepEqual(countByUser(await claim(sql, "a", 90, sharesOf(90, 0))), { ann: 80 });
  assert.deepEqual(countByUser(await claim(sql, "a", 10, sharesOf(10, 80))), {});
  await admit(sql, requestOf(opId(2), names(101, 200), { user: "bob" }), admitsAll);
  assert.deepEqual(
    countByUser(await claim(sql, "a", 10, sharesOf(10, 80))),
    { bob: 9 },
    "of ten places one stays free",
  );
  assert.deepEqual(countByUser(await claim(sql, "a", 1, sharesOf(50, 40))), { bob: 1 });
});

test("where there are but few places none is kept free", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(9)))).as("reboot");
  await admit(sql, requestOf(opId(1), names(1, 9), { user: "ann" }), admitsAll);
  const shares = (free: number) => ({ perFree: 8, free, held: new Map<string, number>() });
  assert.deepEqual(countByUser(await claim(sql, "a", 1, shares(1))), { ann: 1 });
  assert.deepEqual(countByUser(await claim(sql, "a", 4, shares(4))), { ann: 4 });
});

test("what an agent asks for on an operation's behalf runs on the share of the person who asked for that", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const [setup, reload, reboot] = [opId(1), opId(2), opId(3)];
  await admit(database.as("setup"), requestOf(setup, ["pc1"], { user: "ann" }), admitsAll);
  await admit(database.as("reload"), requestOf(reload, ["pc1"], { user: "setup", parentOp: setup }), admitsAll);
  await admit(database.as("reboot"), requestOf(reboot, ["pc1"], { user: "reload", parentOp: reload }), admitsAll);
  assert.deepEqual(countByUser(await claim(database.as("reboot"), "a", 10)), { ann: 1 });
});

test("a person who names somebody else's operation as the parent runs on their own share", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(2)))).as("reboot");
  await admit(sql, requestOf(opId(1), ["pc1"], { user: "ann" }), admitsAll);
  const read = { user: "bob", parentOp: opId(1), needsLocks: false };
  await admit(sql, requestOf(opId(2), ["pc2"], read), admitsAll);
  assert.deepEqual(countByUser(await claim(sql, "a", 10)), { ann: 1, bob: 1 });
});
