import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdmissionOutcome, admit, claim, record } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitsAll, endOf, opId, requestOf } from "../../../support/ledger.ts";

const databases = databaseServer();
const limits = { maxRuns: 6, maxRunsOfUser: 4 };
const names = (from: number, to: number) =>
  fleetOf(to)
    .slice(from - 1)
    .map(({ name }) => name);
const told = (outcome: AdmissionOutcome) => (outcome.kind === "refused" ? outcome.reason : outcome.kind);

test("past a user's limit more of theirs is refused as overloaded, and says when to come again", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(9)))).as("reboot");
  const ask = (n: number, nodes: readonly string[], user: string) =>
    admit(sql, requestOf(opId(n), nodes, { user, limits }), admitsAll);
  assert.equal(told(await ask(1, names(1, 3), "ann")), "admitted");
  const refused = await ask(2, names(4, 5), "ann");
  assert.ok(refused.kind === "refused" && refused.reason === "overloaded");
  assert.match(refused.detail, /^3 node runs of ann have not ended; with 2 more there would be over 4: come again in/);
  assert.equal(told(await ask(3, names(4, 5), "bob")), "admitted", "others are taken on");
  assert.equal(told(await ask(4, names(6, 7), "bob")), "overloaded", "until all together have too many");
});

test("runs that have ended make room for others", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(6)))).as("reboot");
  await admit(sql, requestOf(opId(1), names(1, 4), { limits }), admitsAll);
  const [first] = await claim(sql, "a", 1);
  await record(sql, "a", [endOf(first!)]);
  assert.equal(told(await admit(sql, requestOf(opId(2), ["pc5"], { limits }), admitsAll)), "admitted");
  assert.equal(told(await admit(sql, requestOf(opId(3), ["pc6"], { limits }), admitsAll)), "overloaded");
});

test("what an agent asks for on an admitted operation's behalf is not refused for that", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(5)));
  await admit(database.as("reload"), requestOf(opId(1), names(1, 5)), admitsAll);
  const child = requestOf(opId(2), names(1, 5), { user: "reload", parentOp: opId(1), limits });
  assert.equal(told(await admit(database.as("reboot"), child, admitsAll)), "admitted");
});
