import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Sql,
  admit,
  claim,
  claimAbandoned,
  endQueued,
  handBack,
  record,
  renew,
  requestCancel,
  readOperations,
  runKey,
} from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { fleetOf, nodeOf, siteOf } from "../../../support/inventory.ts";
import { admitNodes, admitsRuns, endOf, opId, requestOf, resultWith } from "../../../support/ledger.ts";

const databases = databaseServer();
const op = opId(1);
const namesOf = (count: number) => fleetOf(count).map(({ name }) => name);

/** The leases of a replica that died a while ago. */
function expireLeases(owner: Sql) {
  return owner`update reboot.node_runs set lease_until = now() - interval '1 s' where lease_until is not null`;
}

test("a claimed run comes with what the inventory says of its node", async (t) => {
  const power = { driver: "command", argv: { status: ["/bin/true"] } };
  const host = nodeOf("pc1", { address: "127.0.0.9", sshPort: 2022, sshHostKey: "ssh-ed25519 AAAA" });
  const guest = nodeOf("vm1", { host: "pc1", power, liveness: "icmp" });
  const site = siteOf([host, guest], { nodeTypes: [{ name: "pc", settings: { probeTries: 3 } }] });
  const sql = (await databases.newDatabase(t, site)).as("reboot");
  await admitNodes(sql, op, ["vm1"]);
  const [run] = await claim(sql, "a", 10);
  assert.deepEqual(run, {
    ...{ op, node: "vm1", chargedTo: "admin", fence: 1, progress: null, wasFiring: false },
    ...{
      address: "127.0.0.1",
      liveness: "icmp",
      sshPort: 22,
      sshHostKey: null,
      power,
      settings: { probeTries: 3 },
      circuitLimit: null,
    },
    host: { node: "pc1", address: "127.0.0.9", sshPort: 2022, sshHostKey: "ssh-ed25519 AAAA" },
    hasSubnodes: false,
  });
});

test("replicas that claim at once never share a run, and none is left over", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(200)))).as("reboot", 6);
  await admitNodes(sql, op, namesOf(200));
  const drain = async (owner: string) => {
    const taken: string[] = [];
    for (let runs = await claim(sql, owner, 7); runs.length > 0; runs = await claim(sql, owner, 7)) {
      taken.push(...runs.map(runKey));
    }
    return taken;
  };
  const taken = (await Promise.all(["a", "b", "c", "d", "e", "f"].map(drain))).flat();
  assert.equal(taken.length, 200);
  assert.equal(new Set(taken).size, 200);
});

test("runs are claimed in the order of admission, then of the operation", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(6)))).as("reboot");
  await admitNodes(sql, opId(9), ["pc6", "pc5"]);
  await admitNodes(sql, opId(1), ["pc2", "pc1"]);
  const first = await claim(sql, "a", 3);
  assert.deepEqual(first.map(({ node }) => node).sort(), ["pc1", "pc5", "pc6"]);
});

test("a run is not claimed before its time", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  await database.owner`update reboot.node_runs set not_before = now() + interval '1 h' where node = 'pc1'`;
  assert.deepEqual(
    (await claim(sql, "a", 10)).map(({ node }) => node),
    ["pc2"],
  );
});

test("a guest that waits for its host is claimed by nobody", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(2)))).as("reboot");
  const runs = [{ node: "pc1" }, { node: "pc2", waitsFor: "pc1" }];
  await admit(sql, requestOf(op, ["pc1", "pc2"]), admitsRuns(runs));
  assert.deepEqual(
    (await claim(sql, "a", 10)).map(({ node }) => node),
    ["pc1"],
  );
});

test("a run whose lease lasts is nobody else's; once the lease has ended it is, with a higher fence", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  await claim(sql, "a", 10);
  assert.deepEqual([...(await claim(sql, "b", 10)), ...(await claimAbandoned(sql, "b", 10))], []);
  await expireLeases(database.owner);
  const [taken] = await claimAbandoned(sql, "b", 10);
  assert.deepEqual([taken?.node, taken?.fence, taken?.wasFiring], ["pc1", 2, false]);
});

test("what was seen, and that it was firing, outlives the replica that died", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  await claim(sql, "a", 10);
  await record(sql, "a", [{ op, node: "pc1", fence: 1, state: "firing", progress: { begun: "power-off" } }]);
  await expireLeases(database.owner);
  const [taken] = await claimAbandoned(sql, "b", 10);
  assert.deepEqual([taken?.wasFiring, taken?.progress], [true, { begun: "power-off" }]);
});

test("a replica renews what it holds, and learns what it lost and what ends early", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  await admitNodes(sql, opId(2), ["pc3"]);
  await claim(sql, "a", 10);
  await expireLeases(database.owner);
  const [lost] = await claimAbandoned(sql, "b", 1);
  await requestCancel(sql, op, "admin");
  const { held, ending } = await renew(sql, "a");
  assert.deepEqual(
    held.map(({ node }) => node).sort(),
    namesOf(3).filter((node) => node !== lost?.node),
  );
  assert.deepEqual([...ending], [[op, "cancelled-by-user"]]);
  const [row] = await database.owner`select count(*)::int as n from reboot.node_runs where lease_until > now()`;
  assert.equal(row?.["n"], 3);
});

test("a clean stop hands runs over at once, one in firing with what was begun", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(2)))).as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  await claim(sql, "a", 10);
  await record(sql, "a", [{ op, node: "pc2", fence: 1, state: "firing", progress: { begun: "power-off" } }]);
  await handBack(sql, "a");
  assert.deepEqual(
    (await claim(sql, "b", 10)).map(({ node, fence, wasFiring, progress }) => [node, fence, wasFiring, progress]),
    [
      ["pc1", 2, false, null],
      ["pc2", 2, false, { begun: "power-off" }],
    ],
  );
});

test("what was taken over in firing and is abandoned once more is still in firing", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1"]);
  await claim(sql, "a", 1);
  await record(sql, "a", [{ op, node: "pc1", fence: 1, state: "firing", progress: {} }]);
  for (const owner of ["b", "c"]) {
    await database.owner`update reboot.node_runs set lease_until = now() - interval '1 s'`;
    assert.deepEqual(
      (await claimAbandoned(sql, owner, 1)).map(({ wasFiring }) => wasFiring),
      [true],
    );
  }
});

test("given runs alone are handed back, and only for the claim that is meant", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(3)))).as("reboot");
  await admitNodes(sql, op, namesOf(3));
  const [first, second] = await claim(sql, "a", 3);
  await handBack(sql, "a", [first!, { ...second!, fence: 7 }]);
  assert.deepEqual(
    (await claim(sql, "b", 10)).map(({ node }) => node),
    [first!.node],
  );
});

test("a run that has ended is neither claimed, renewed nor handed back", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = database.as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  const [run] = await claim(sql, "a", 1);
  await record(sql, "a", [endOf(run!)]);
  await endQueued(sql, op, resultWith(1));
  await expireLeases(database.owner);
  await handBack(sql, "a");
  assert.deepEqual((await renew(sql, "a")).held, []);
  assert.deepEqual([...(await claim(sql, "b", 10)), ...(await claimAbandoned(sql, "b", 10))], []);
});

test("an operation is read without its list of nodes, which may be long", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(1)))).as("reboot");
  const args = { nodelist: ["pc1"], powercycle: true };
  await admit(sql, requestOf(op, ["pc1"], { args }), admitsRuns([{ node: "pc1" }]));
  const [operation] = await readOperations(sql, [op, opId(2)]);
  assert.deepEqual([operation?.op, operation?.verb, operation?.user], [op, "reboot", "admin"]);
  assert.deepEqual(operation?.args, { powercycle: true });
});

test("an operation says whether it has guests that end with their hosts", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(3)))).as("reboot");
  const alone = opId(2);
  await admit(sql, requestOf(op, ["pc1", "pc2"]), admitsRuns([{ node: "pc1" }, { node: "pc2", waitsFor: "pc1" }]));
  await admitNodes(sql, alone, ["pc3"]);
  const operations = await readOperations(sql, [op, alone]);
  const hasGuests = Object.fromEntries(operations.map((operation) => [operation.op, operation.hasGuests]));
  assert.deepEqual(hasGuests, { [op]: true, [alone]: false });
});
