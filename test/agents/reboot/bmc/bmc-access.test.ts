import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { createBmcAccess } from "../../../../agents/reboot/bmc/bmc-access.ts";
import type { BmcLeave, Insistence, IpmiPower, PowerFailure, PowerTarget } from "../../../../infra/power/index.ts";
import { isUnreachable, openDatabase } from "../../../../infra/db/index.ts";
import { until } from "../../../infra/simulator/support/until.ts";
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
  let hungUp = 0;
  const [here, there] = ["here", "there"].map((owner) =>
    createBmcAccess({
      sql: database.as("reboot"),
      relaxedSql: database.as("reboot", 1),
      owner,
      open: (sealed) => `opened ${sealed}`,
      log: pino({ level: "silent" }),
      onOutage: () => outages++,
    }),
  );
  t.after(() => Promise.all([here!.stop(), there!.stop()]));
  const asks =
    (access: typeof here) =>
    (insistence: Insistence = "none", signal = new AbortController().signal) =>
      access!.ask(target, { deadlineMs: performance.now() + 5_000, signal, holdMs: 60_000, insistence }, async () => {
        hungUp++;
      });
  return {
    owner: database.owner,
    here: asks(here),
    there: asks(there),
    outages: () => outages,
    hungUp: () => hungUp,
    release: () => here!.release(target),
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
  const access = createBmcAccess({ ...database, owner: "a", open: () => "", log, onOutage: () => undefined });
  const beganAtMs = performance.now();
  const options = { deadlineMs: beganAtMs + 900, signal: new AbortController().signal };
  const asked = access.ask(target, options, async () => undefined);
  await assert.rejects(asked, (error) => isUnreachable(error));
  assert.ok(performance.now() - beganAtMs >= 500);
  await access.stop();
});

test("one replica talks to a BMC at a time, and hangs up between two exchanges for another that waits", async (t) => {
  const { here, there, hungUp } = await twoReplicas(t);
  const first = granted(await here());
  let isGranted = false;
  const waiting = there().then((asked) => {
    isGranted = true;
    return granted(asked);
  });
  first.keep();
  await first.ended("answered");
  await sleep(600); // more than one look of the replica that has it: it lets nobody in before what it has got ready for
  assert.deepEqual([isGranted, hungUp()], [false, 0]);
  await first.ended("answered");
  const second = await waiting;
  assert.equal(hungUp(), 1);
  assert.equal(first.resume(), false, "it must be asked for anew");
  await second.ended("answered");
  granted(await here());
});

test("a BMC is free at once when nobody here may ask it any more, or its replica has died", async (t) => {
  const { here, there, owner, release } = await twoReplicas(t);
  await granted(await here()).ended("answered");
  release();
  await until("it is given up", async () => (await owner`select from reboot.bmc_holds`).count === 0);
  granted(await there());
  // Never ended: as if that replica had been killed. Its node's lease, and the hold's own time, have passed.
  await owner`update reboot.bmc_holds set until = now()`;
  granted(await here());
});
