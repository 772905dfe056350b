import assert from "node:assert/strict";
import { type TestContext, after, before, test } from "node:test";
import { pino } from "pino";
import { type StateWatcher, createStateWatcher } from "../../../agents/runtime/state-watcher.ts";
import { type StateChange, subjectsOf } from "../../../contracts/index.ts";
import { type Sql, addReport } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { fleetOf, siteOf } from "../../support/inventory.ts";
import { type TestBus, startTestBus, testSite } from "../../support/test-bus.ts";

const databases = databaseServer();
let bus: TestBus;
before(async () => (bus = await startTestBus()));
after(() => bus[Symbol.asyncDispose]());

interface Watched {
  readonly states: StateWatcher;
  /** Commits a report as the boot agent does, and says so on the bus unless it is to be lost. */
  readonly report: (state: StateChange["state"], options?: { readonly isLost?: boolean }) => Promise<StateChange>;
}

async function watch(t: TestContext): Promise<Watched> {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [reboot, boot] = await Promise.all([bus.join("reboot"), bus.join("boot")]);
  const states = createStateWatcher(reboot, testSite, database.as("reboot"), pino({ level: "silent" }));
  await reboot.flush();
  t.after(() => states.close());
  const sql: Sql = database.as("boot");
  return {
    states,
    async report(state, { isLost = false } = {}) {
      const change = await addReport(sql, "pc1", { state }, "address");
      if (!isLost) boot.publish(subjectsOf(testSite).state("pc1"), JSON.stringify(change));
      return change;
    },
  };
}

const isUp = ({ state, id }: StateChange) => (state === "ISUP" ? id : undefined);
const waiting = (afterId: number, waitMs = 20_000, signal = new AbortController().signal) => ({
  afterId,
  deadlineAtMs: Date.now() + waitMs,
  signal,
});

test("a report that comes while it is waited for is seen", async (t) => {
  const { states, report } = await watch(t);
  const seen = states.waitFor("pc1", isUp, waiting(0));
  await report("BOOTING");
  const { id } = await report("ISUP");
  assert.equal(await seen, id);
});

test("a report between the look-up and the wait is not missed", async (t) => {
  const { states, report } = await watch(t);
  const base = await report("BOOTING");
  assert.equal((await states.latest("pc1"))?.id, base.id);
  const { id } = await report("ISUP");
  assert.equal(await states.waitFor("pc1", isUp, waiting(base.id, 2_000)), id);
});

test("a report that the bus lost is caught up with from the table", async (t) => {
  const { states, report } = await watch(t);
  const seen = states.waitFor("pc1", isUp, waiting(0));
  // The table was read once as the wait began; what comes now is found by the next reading.
  const { id } = await report("ISUP", { isLost: true });
  assert.equal(await seen, id);
});

test("what was reported before is no news", async (t) => {
  const { states, report } = await watch(t);
  const { id } = await report("ISUP");
  assert.equal(await states.waitFor("pc1", isUp, waiting(id, 300)), undefined);
});

test("a wait that is called off rejects with the reason", async (t) => {
  const { states } = await watch(t);
  const abort = new AbortController();
  const seen = states.waitFor("pc1", isUp, waiting(0, 20_000, abort.signal));
  abort.abort(new Error("the lease of this run was lost"));
  await assert.rejects(seen, /lease/);
  await assert.rejects(states.waitFor("pc1", isUp, waiting(0, 20_000, abort.signal)), /lease/);
});

test("many look-ups at once are each answered, for a node without a report too", async (t) => {
  const { states, report } = await watch(t);
  const { id } = await report("ISUP");
  const names = ["pc1", "pc2", "pc1"];
  const found = await Promise.all(names.map((name) => states.latest(name)));
  assert.deepEqual(
    found.map((change) => change?.id),
    [id, undefined, id],
  );
});
