import assert from "node:assert/strict";
import { test } from "node:test";
import { createReveille } from "../../../../bus/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { testSite } from "../../../support/test-bus.ts";
import { type BootSite, busOfFile, openBootSite, pc1, pc2 } from "../boot-site.ts";

const databases = databaseServer();
const file = busOfFile();

/** Sends `wake` as an agent, over the bus. */
async function wakeAs(site: BootSite, user: "reboot" | "setup", nodelist: string[]) {
  const { bus } = site;
  const connection = await bus.join(user);
  return createReveille(connection, { site: testSite, user, identity: bus.identity(user) }).control("wake", {
    nodelist,
  });
}

test("a node that waits at another replica than the one that is asked is woken, boots its disk once, and waits again", async (t) => {
  const site = await openBootSite(t, { databases, bus: file.bus }, { replicas: 2 });
  const { ask, select, reports } = site;
  await select("pc1", "wait");
  const boot = async (replica: number) => (await ask(`/v1/boot?mac=${pc1.mac}`, { replica })).text;
  assert.match(await boot(0), /^chain --replace http:\S+\/v1\/wait\?mac=\$\{netX\/mac:hexhyp\} \|\|$/m);

  const held = [0, 1].map((replica) => ask(`/v1/wait?mac=${pc1.mac}`, { replica }));
  assert.deepEqual(await wakeAs(site, "reboot", ["pc1", "pc2", "nobody"]), {
    ok: true,
    answer: { woken: ["pc1", "pc2"] },
  });
  const [first] = await Promise.all(held);
  assert.match(first?.text ?? "", /chain --replace http:\S+\/v1\/boot\?/);
  assert.match(await boot(1), /sanboot/);
  assert.match(await boot(0), /\/v1\/wait\?/);
  assert.deepEqual(
    (await reports()).map((report) => report.split(" ")[1]),
    [...["PXEBOOTING", "PXEWAIT", "PXEWAKEUP", "PXEWAKEUP"], ...["PXEBOOTING", "BOOTING", "PXEBOOTING", "PXEWAIT"]],
  );
});

test("a node that comes to wait only after it was woken goes on at once", async (t) => {
  const site = await openBootSite(t, { databases, bus: file.bus });
  await site.select("pc2", "wait");
  await wakeAs(site, "reboot", ["pc2"]);
  const { text } = await site.ask(`/v1/wait?mac=${pc2.mac}`, { from: pc2.address });
  assert.match(text, /\/v1\/boot\?/);
});

test("a wish that is ten minutes old wakes nobody", async (t) => {
  const site = await openBootSite(t, { databases, bus: file.bus });
  await site.select("pc1", "wait");
  await wakeAs(site, "reboot", ["pc1"]);
  await site.database.owner`update boot.wakeups set requested_at = now() - interval '10 minutes'`;
  assert.match((await site.ask(`/v1/boot?mac=${pc1.mac}`)).text, /\/v1\/wait\?/);
});

test("nobody but the reboot agent wakes a node", async (t) => {
  const site = await openBootSite(t, { databases, bus: file.bus });
  assert.equal((await wakeAs(site, "setup", ["pc1"])).ok, false);
  assert.equal((await site.database.owner`select from boot.wakeups`).count, 0);
});

test("a wish in the reboot agent's name with another key is not heard", async (t) => {
  const site = await openBootSite(t, { databases, bus: file.bus });
  const connection = await file.bus.join("reboot");
  const who = { site: testSite, user: "reboot", identity: file.bus.identity("setup") };
  const said = await createReveille(connection, who).control("wake", { nodelist: ["pc1"] });
  assert.deepEqual([said.ok, "reason" in said && said.reason], [false, "answer-lost"]);
  assert.equal((await site.database.owner`select from boot.wakeups`).count, 0);
});
