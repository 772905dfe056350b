import assert from "node:assert/strict";
import { type TestContext, after, before, test } from "node:test";
import { pino } from "pino";
import { createMetrics } from "../../../agents/runtime/metrics.ts";
import { followStates } from "../../../agents/registry/follow-states.ts";
import { forgetOldHistory } from "../../../agents/registry/forget-history.ts";
import { type NodeState, type StateChange, subjectsOf } from "../../../contracts/index.ts";
import {
  type Sql,
  addReport,
  applyReports,
  noteTimeouts,
  readHistory,
  readNodeStates,
} from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { fleetOf, siteOf } from "../../support/inventory.ts";
import { type TestBus, startTestBus, testSite } from "../../support/test-bus.ts";
import { until } from "../../infra/embedded/support/scratch.ts";

const databases = databaseServer();
let bus: TestBus;
before(async () => (bus = await startTestBus()));
after(() => bus[Symbol.asyncDispose]());

interface Followed {
  readonly sql: Sql;
  readonly commit: (state: NodeState) => Promise<StateChange>;
  readonly publish: (change: unknown) => void;
  /** Replicas of the registry that follow from now on. */
  readonly follow: (replicas: number) => Promise<void>;
  readonly states: () => Promise<readonly string[]>;
}

async function newSite(t: TestContext): Promise<Followed> {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [sql, bootSql] = [database.as("registry"), database.as("boot")];
  const boot = await bus.join("boot");
  return {
    sql,
    commit: (state) => addReport(bootSql, "pc1", { state }, "address"),
    publish: (change) => boot.publish(subjectsOf(testSite).state("pc1"), JSON.stringify(change)),
    async follow(replicas) {
      for (let n = 0; n < replicas; n++) {
        const connection = await bus.join("registry");
        const following = followStates({
          connection,
          site: testSite,
          sql,
          log: pino({ level: "silent" }),
          metrics: createMetrics("registry", { isServed: false }),
        });
        t.after(() => following.close());
        await connection.flush();
      }
    },
    async states() {
      const { entries } = await readHistory(sql, { node: "pc1" });
      return entries.map(({ state, expected }) => (expected ? state : `${state} (odd)`)).reverse();
    },
  };
}

test("what nodes report becomes their state and history, and what is not expected is flagged", async (t) => {
  const { sql, commit, publish, follow, states } = await newSite(t);
  await follow(1);
  for (const state of ["ISUP", "SHUTDOWN", "ISUP"] as const) publish(await commit(state));
  await until("all are there", async () => (await states()).length === 3);
  assert.deepEqual(await states(), ["ISUP", "SHUTDOWN", "ISUP (odd)"]);
  assert.equal((await readNodeStates(sql, ["pc1"])).get("pc1")?.state, "ISUP");
});

test("what was committed while nobody followed is caught up with, in its order", async (t) => {
  const { commit, follow, states } = await newSite(t);
  for (const state of ["SHUTDOWN", "PXEBOOTING", "BOOTING"] as const) await commit(state);
  await follow(2);
  await until("all are there", async () => (await states()).length === 3);
  assert.deepEqual(await states(), ["SHUTDOWN", "PXEBOOTING", "BOOTING"]);
});

test("a message that is none is dropped, and the next is taken", async (t) => {
  const { commit, publish, follow, states } = await newSite(t);
  await follow(1);
  for (const nonsense of ["state", { v: 1 }, { v: 1, id: -1, node: "pc1", state: "HAPPY" }, null]) publish(nonsense);
  publish(await commit("ISUP"));
  await until("it is there", async () => (await states()).length === 1);
});

test("the same report again changes nothing", async (t) => {
  const { commit, publish, follow, states } = await newSite(t);
  await follow(2);
  const change = await commit("BOOTING");
  for (let n = 0; n < 5; n++) publish(change);
  await until("it is there", async () => (await states()).length > 0);
  publish(await commit("ISUP"));
  await until("the last is there", async () => (await states()).includes("ISUP"));
  assert.deepEqual(await states(), ["BOOTING", "ISUP"]);
});

test("a state that lasts too long is told once in the node's history, and changes nothing", async (t) => {
  const { sql, commit, follow, states } = await newSite(t);
  const change = await commit("BOOTING");
  await applyReports(sql, [{ ...change, mode: "NORMAL", isExpected: true, timeoutS: 0 }]);
  assert.deepEqual(
    (await noteTimeouts(sql)).map(({ node, state }) => [node, state]),
    [["pc1", "BOOTING"]],
  );
  assert.deepEqual(await noteTimeouts(sql), []);
  await follow(1);
  const { entries } = await readHistory(sql, { node: "pc1" });
  assert.deepEqual(
    entries.map(({ state, reportedBy }) => `${state} ${reportedBy}`),
    ["BOOTING timeout", "BOOTING address"],
  );
  assert.deepEqual(await states(), ["BOOTING", "BOOTING (odd)"]);
  assert.equal((await readNodeStates(sql, ["pc1"])).get("pc1")?.state, "BOOTING");
});

test("what is older than 90 days is forgotten as soon as a registry runs", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  await database.owner`
    insert into registry.node_history (node, at, state, is_expected, reported_by)
    select 'pc1', now() - make_interval(days => case n when 1 then 91 else 89 end), 'ISUP', false, 'timeout'
    from generate_series(1, 1001) n order by n`;
  const sql = database.as("registry");
  const forgetting = forgetOldHistory({ sql, log: pino({ level: "silent" }) });
  t.after(() => forgetting.stop());
  await until("one is gone", async () => (await sql`select from registry.node_history`).count === 1_000);
});
