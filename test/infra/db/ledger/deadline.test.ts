import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sql, admit, claim, endQueued, readOperations, readOverdue, renew } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, siteOf } from "../../../support/inventory.ts";
import { admitsAll, opId, requestOf, resultWith } from "../../../support/ledger.ts";

const databases = databaseServer();
const [root, child, grandchild] = [opId(1), opId(2), opId(3)];
const inMs = (ms: number) => new Date(Date.now() + ms);
const [early, late] = [inMs(600_000), inMs(1_200_000)];

async function deadlineOf(sql: Sql, op: string): Promise<Date | null | undefined> {
  return (await readOperations(sql, [op]))[0]?.deadlineAt;
}

const chains: readonly (readonly [
  title: string,
  asked: readonly (Date | undefined)[],
  kept: readonly (Date | null)[],
])[] = [
  ["nobody has one where nobody asks for one", [], [null, null, null]],
  ["a child has its own where its parent has none", [undefined, early], [null, early, early]],
  ["a child has its parent's where it asks for none", [early], [early, early, early]],
  ["a child has its parent's where it asks for a later one", [early, late], [early, early, early]],
  ["a grandchild has an earlier one where it asks for that", [late, late, early], [late, late, early]],
  ["a grandchild has its root's, whoever between asks for what", [early, late, late], [early, early, early]],
];
for (const [title, asked, kept] of chains) {
  test(`of a setup, its reload and the reboot of that: ${title}`, async (t) => {
    const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
    const chain = [
      { agent: "setup", request: { verb: "setup" } },
      { agent: "reload", request: { verb: "reload", user: "setup", parentOp: root } },
      { agent: "reboot", request: { user: "reload", parentOp: child } },
    ] as const;
    for (const [index, { agent, request }] of chain.entries()) {
      const sql = database.as(agent);
      const deadlineAt = asked[index];
      const op = [root, child, grandchild][index]!;
      const more = { ...request, ...(deadlineAt ? { deadlineAt } : {}) };
      assert.equal((await admit(sql, requestOf(op, ["pc1"], more), admitsAll)).kind, "admitted");
      assert.deepEqual(await deadlineOf(sql, op), kept[index]);
    }
  });
}

test("the same child again, with a later deadline, is the one that there is, and keeps its own", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("reboot");
  await admit(sql, requestOf(root, ["pc1"], { deadlineAt: early }), admitsAll);
  const again = await admit(sql, requestOf(root, ["pc1"], { deadlineAt: late }), admitsAll);
  assert.equal(again.kind, "existing");
  assert.deepEqual(await deadlineOf(sql, root), early);
});

test("what is overdue is found until it has ended, and told to whoever holds, renews or takes runs of it", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(5)))).as("reboot");
  const past = inMs(-1_000);
  await admit(sql, requestOf(opId(1), ["pc1", "pc2"], { deadlineAt: past }), admitsAll);
  await admit(sql, requestOf(opId(2), ["pc3"], { deadlineAt: past }), admitsAll);
  await admit(sql, requestOf(opId(3), ["pc4"], { deadlineAt: late }), admitsAll);
  await admit(sql, requestOf(opId(4), ["pc5"]), admitsAll);
  await endQueued(sql, opId(2), resultWith(1));
  assert.deepEqual([...(await readOverdue(sql))], [{ op: opId(1), deadlineAt: past }]);
  await claim(sql, "a", 10);
  assert.deepEqual([...(await renew(sql, "a")).ending], [[opId(1), "deadline-exceeded"]]);
  const read = await readOperations(sql, [opId(1), opId(3), opId(4)]);
  assert.deepEqual(Object.fromEntries(read.map(({ op, endsBy }) => [op, endsBy])), {
    [opId(1)]: "deadline-exceeded",
    [opId(3)]: null,
    [opId(4)]: null,
  });
});
