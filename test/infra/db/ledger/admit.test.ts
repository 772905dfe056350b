import assert from "node:assert/strict";
import { test } from "node:test";
import { type AdmissionFacts, type AdmissionRequest, type Sql, admit } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, inLab, nodeOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsAll, admitsRuns, opId, requestOf, resultWith } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);

/** How many rows the ledger has of each kind. */
async function countRows(sql: Sql): Promise<{ operations: number; runs: number; locks: number }> {
  const [row] = await sql<{ operations: number; runs: number; locks: number }[]>`
    select (select count(*)::int from reboot.operations) as operations,
           (select count(*)::int from reboot.node_runs) as runs, (select count(*)::int from ledger.node_locks) as locks`;
  return { ...row! };
}

test("an operation, its node runs and its locks are admitted together", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const outcome = await admitNodes(database.as("reboot"), op, ["pc1", "pc2"]);
  assert.deepEqual(outcome, { kind: "admitted", runs: [{ node: "pc1" }, { node: "pc2" }], isFinished: false });
  assert.deepEqual(await countRows(database.owner), { operations: 1, runs: 2, locks: 2 });
});

test("the same command again finds what exists, whatever its debug and expiry", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  const args = { nodelist: ["pc1"], debug: true };
  const expiresAt = new Date(Date.now() + 90_000).toISOString();
  const again = await admit(sql, requestOf(op, ["pc1"], { args, expiresAt }), admitsAll);
  assert.deepEqual(again, { kind: "existing" });
  assert.deepEqual(await countRows(database.owner), { operations: 1, runs: 1, locks: 1 });
});

test("of the same command eight times at once, one is admitted and seven find what exists", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(50)));
  const sql = database.as("reboot", 8);
  const names = fleetOf(50).map(({ name }) => name);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => admitNodes(sql, op, names)));
  assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ["admitted", ...Array<string>(7).fill("existing")]);
  assert.deepEqual(await countRows(database.owner), { operations: 1, runs: 50, locks: 50 });
});

const differences: Record<string, Partial<AdmissionRequest>> = {
  "other nodes": { args: { nodelist: ["pc2"] } },
  "another argument": { args: { nodelist: ["pc1"], powercycle: true } },
  "another verb": { verb: "power" },
  "another user": { user: "ann" },
  "a parent": { parentOp: opId(2) },
};
for (const [what, difference] of Object.entries(differences)) {
  test(`the same id with ${what} is refused, and what exists stays`, async (t) => {
    const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
    const sql = database.as("reboot");
    await admitNodes(sql, op, ["pc1"]);
    const outcome = await admit(sql, requestOf(op, ["pc1"], difference), admitsAll);
    assert.equal(outcome.kind === "refused" && outcome.reason, "op-id-reused");
    assert.deepEqual(await countRows(database.owner), { operations: 1, runs: 1, locks: 1 });
  });
}

test("a refused command leaves nothing behind, and its id may be used again", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  const refuse = () => ({ kind: "refuse", reason: "permission-denied", detail: "not yours" }) as const;
  const refused = await admit(sql, requestOf(op, ["pc1"]), { ...admitsAll, decide: refuse });
  assert.deepEqual(refused, { kind: "refused", reason: "permission-denied", detail: "not yours" });
  assert.deepEqual(await countRows(database.owner), { operations: 0, runs: 0, locks: 0 });
  assert.equal((await admitNodes(sql, op, ["pc2"])).kind, "admitted");
});

test("a user who is revoked is refused, though the door let them in", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  await database.owner`update registry.users set revoked_at = now() where name = 'ann'`;
  const outcome = await admit(database.as("reboot"), requestOf(op, ["pc1"], { user: "ann" }), admitsAll);
  assert.equal(outcome.kind === "refused" && outcome.reason, "permission-denied");
});

test("a node that has its result already is not locked, and an operation of such nodes alone has ended", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const runs = ["pc1", "pc2"].map((node) => ({ node, result: resultWith(1, { outcome: "skipped" }) }));
  const outcome = await admit(database.as("reboot"), requestOf(op, ["pc1", "pc2"]), admitsRuns(runs));
  assert.equal(outcome.kind === "admitted" && outcome.isFinished, true);
  assert.deepEqual(await countRows(database.owner), { operations: 1, runs: 2, locks: 0 });
  const [row] =
    await database.owner`select done_count, failed_count, finished_at is not null as ended from reboot.operations`;
  assert.deepEqual({ ...row }, { done_count: 2, failed_count: 2, ended: true });
});

/** The facts that admission hands to its policy for a selection. */
async function factsOf(sql: Sql, selection: AdmissionRequest["selection"]): Promise<AdmissionFacts> {
  let seen: AdmissionFacts | undefined;
  const decide = (facts: AdmissionFacts) => {
    seen = facts;
    return { kind: "refuse", reason: "permission-denied", detail: "only looked" } as const;
  };
  await admit(sql, requestOf(op, [], { user: "ann", selection }), { ...admitsAll, decide });
  return seen!;
}

const selections = {
  "a nodelist": [{ nodelist: ["PC1", "pc1", "nope"] }, ["pc1"], ["nope"], true],
  "an experiment": [{ experiment: "demo/lab" }, ["pc1", "pc2"], [], true],
  "an empty experiment": [{ experiment: "demo/empty" }, [], [], true],
  "an experiment that does not exist": [{ experiment: "demo/nope" }, [], [], false],
  "all free nodes": [{ freemode: true }, ["pc3"], [], true],
} as const;
for (const [what, [selection, nodes, unknown, isKnown]] of Object.entries(selections)) {
  test(`${what} selects what the inventory says`, async (t) => {
    const site = siteOf([...fleetOf(2, inLab), nodeOf("pc3"), nodeOf("pc4", { project: "other", experiment: "lab" })]);
    const database = await databases.newDatabase(t, site);
    const facts = await factsOf(database.as("reboot"), selection as AdmissionRequest["selection"]);
    assert.deepEqual(facts.nodes.map(({ node }) => node).sort(), nodes);
    assert.deepEqual([facts.unknown, facts.isExperimentKnown], [unknown, isKnown]);
    assert.deepEqual(facts.user, { user: "ann", kind: "person", isAdmin: false, projects: ["demo"] });
  });
}
