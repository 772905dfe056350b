import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { createBmcAccess } from "../../../../agents/reboot/bmc/bmc-access.ts";
import type { BmcLeave, Insistence, IpmiPower, PowerFailure, PowerTarget } from "../../../../infra/power/index.ts";
import { isUnreachable, openDatabase } from "../../../../infra/db/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { nodeOf, siteOf } from "../../../support/inventory.ts";

const databases = databaseServer();
const power: IpmiPower = { driver: "ipmi", address: "10.0.0.7", username: "admin" };
const target: PowerTarget<IpmiPower> = { node: "pc1", power };

/** Two replicas' access to the BMC of one node, over one database. */
async function twoReplicas(t: TestContext) {
  const credentials = { bmcCredentials: [{ node: "pc1", sealedPassword: "v1.first" }] };
  const database = await databases.newDatabase(t, { ...siteOf([nodeOf("pc1", { power })]), ...credentials });
  let outages = 0;
  const [here, there] = [1, 2].map(() =>
    createBmcAccess({
      sql: database.as("reboot"),
      open: (sealed) => `opened ${sealed}`,
      log: pino({ level: "silent" }),
      onOutage: () => outages++,
    }),
  );
  const asks =
    (access: typeof here) =>
    (insistence: Insistence = "none", signal = new AbortController().signal) =>
      access!(target, { deadlineMs: performance.now() + 5_000, signal, holdMs: 60_000, insistence });
  return {
    owner: database.owner,
    here: asks(here),
    there: asks(there),
    outages: () => outages,
    /** The time to try the BMC again has come. */
    becomeDue: () => database.owner`update reboot.bmc_outages set retry_at = now()`,
    rows: async () => {
      const [row] = await database.owner<{ outages: number; refusals: number }[]>`
        select (select count(*)::int from reboot.bmc_outages) as outages,
               (select count(*)::int from reboot.refused_credentials) as refusals`;
      return { ...row! };
    },
  };
}

function granted(asked: BmcLeave | PowerFailure): BmcLeave {
  assert.ok(asked.ok, JSON.stringify(asked));
  return asked;
}

function refused(asked: BmcLeave | PowerFailure): PowerFailure {
  assert.ok(!asked.ok, "there was leave");
  return asked;
}

test("of a BMC that is well nothing is written", async (t) => {
  const { here, there, rows } = await twoReplicas(t);
  const leave = granted(await here());
  assert.equal(leave.password, "opened v1.first");
  for (const end of ["answered", "answered", "left", "bmc-busy", "bmc-too-slow"] as const) await leave.ended(end);
  granted(await there());
  assert.deepEqual(await rows(), { outages: 0, refusals: 0 });
});

test("a BMC at which nothing answered is left alone by every replica, until one tries it again", async (t) => {
  const { here, there, becomeDue, rows, outages } = await twoReplicas(t);
  await granted(await here()).ended("bmc-unreachable");
  for (const ask of [here, there]) {
    const { reason, notAsked } = refused(await ask());
    assert.equal(reason, "bmc-unreachable");
    assert.equal(Date.parse(notAsked!.retryAt!) - Date.parse(notAsked!.triedAt), 60_000);
  }
  await becomeDue();
  const first = granted(await there());
  assert.equal(refused(await here()).reason, "bmc-unreachable");
  await first.ended("bmc-unreachable");
  assert.equal(refused(await there()).reason, "bmc-unreachable");
  assert.equal(outages(), 1, "one outage, however often it is found to last");

  await becomeDue();
  await granted(await here()).ended("answered");
  granted(await there());
  assert.deepEqual(await rows(), { outages: 0, refusals: 0 });
});

test("whoever insists asks a BMC that is left alone, and ends its outage for all", async (t) => {
  const { here, there } = await twoReplicas(t);
  await granted(await here()).ended("bmc-unreachable");
  await granted(await there("unreachable")).ended("answered");
  granted(await here());
});

test("a refused credential is not tried again by any replica until it is changed", async (t) => {
  const { here, there, owner, rows } = await twoReplicas(t);
  await granted(await here()).ended("bmc-password-invalid");
  for (const ask of [here, there]) {
    for (const insistence of ["none", "unreachable"] as const) {
      assert.equal(refused(await ask(insistence)).reason, "bmc-password-invalid");
    }
  }
  await owner`update registry.bmc_credentials set sealed_password = 'v1.second'`;
  const leave = granted(await there());
  assert.equal(leave.password, "opened v1.second");
  await leave.ended("answered");
  assert.deepEqual(await rows(), { outages: 0, refusals: 0 });
});

test("an operator may have a refused credential tried once more", async (t) => {
  const { here, there } = await twoReplicas(t);
  await granted(await here()).ended("bmc-user-invalid");
  await granted(await there("all")).ended("bmc-user-invalid");
  assert.equal(refused(await here()).reason, "bmc-user-invalid");
  await granted(await there("all")).ended("answered");
  granted(await here());
});

test("of many who ask at once one tries an unproven credential, and the others learn of it", async (t) => {
  const { here } = await twoReplicas(t);
  const first = granted(await here());
  const others = Array.from({ length: 5 }, () => here("unreachable"));
  await first.ended("bmc-password-invalid");
  for (const other of others) assert.equal(refused(await other).reason, "bmc-password-invalid");
});

test("a credential that was taken once is used by all at once", async (t) => {
  const { here } = await twoReplicas(t);
  await granted(await here()).ended("answered");
  for (const leave of await Promise.all([here(), here(), here()])) granted(leave);
});

test("whoever waits for another's try can be called off, and a try that was left passes the turn on", async (t) => {
  const { here } = await twoReplicas(t);
  const first = granted(await here());
  const abort = new AbortController();
  const calledOff = assert.rejects(here("none", abort.signal), /called off/);
  const next = here();
  abort.abort(new Error("called off"));
  await calledOff;
  await first.ended("left");
  granted(await next);
});

test("a database that is away is waited for, as long as the call has time", async () => {
  // Nothing listens at port 1: every try is refused at once.
  await using database = openDatabase({ url: "postgres://nobody:nothing@127.0.0.1:1/none", name: "test" });
  const log = pino({ level: "silent" });
  const access = createBmcAccess({ sql: database.sql, open: () => "", log, onOutage: () => undefined });
  const beganAtMs = performance.now();
  const asked = access(target, { deadlineMs: beganAtMs + 900, signal: new AbortController().signal });
  await assert.rejects(asked, (error) => isUnreachable(error));
  assert.ok(performance.now() - beganAtMs >= 500);
});
