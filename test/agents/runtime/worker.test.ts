import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { type HeldRun, type Worker, createWorker } from "../../../agents/runtime/worker.ts";
import { admit, claim, openDatabase, requestCancel } from "../../../infra/db/index.ts";
import { type TestDatabase, databaseServer } from "../../support/database.ts";
import { fleetOf, siteOf } from "../../support/inventory.ts";
import { admitNodes, admitsAll, endOf, opId, requestOf } from "../../support/ledger.ts";
import { createLedgerWriter } from "../../../agents/runtime/ledger-writer.ts";
import { until } from "../../infra/embedded/support/scratch.ts";

const databases = databaseServer();
const op = opId(1);
const log = pino({ level: "silent" });
const namesOf = (count: number) => fleetOf(count).map(({ name }) => name);

interface Replica {
  readonly worker: Worker;
  /** The runs in its hands, in the order in which they came. */
  readonly runs: HeldRun[];
  /** Its name, for each lease that it lost. */
  readonly lost: readonly string[];
  /** Ends one of them without success or fault. */
  readonly end: (run: HeldRun) => Promise<void>;
}

/** A replica that holds each run until the test ends it or it is taken away. */
function replicaOn(t: TestContext, site: TestDatabase, owner: string, capacity?: number): Replica {
  const database = openDatabase({ url: site.urlOf("reboot"), name: owner });
  const runs: HeldRun[] = [];
  const lost: string[] = [];
  const ends = new Map<HeldRun, () => void>();
  const writer = createLedgerWriter({ ...database, owner, log, onRecorded: () => undefined });
  const drive = (run: HeldRun) =>
    new Promise<void>((resolve, reject) => {
      runs.push(run);
      ends.set(run, resolve);
      run.signal.addEventListener("abort", () => reject(run.signal.reason as Error));
    });
  const worker = createWorker({
    database,
    owner,
    log,
    drive,
    onLeaseLost: () => lost.push(owner),
    ...(capacity === undefined ? {} : { capacity }),
  });
  t.after(async () => {
    await worker.stop();
    await database.close();
  });
  const end = async (run: HeldRun) => {
    await writer.write(endOf(run));
    ends.get(run)?.();
  };
  return { worker, runs, lost, end };
}

test("a poke brings the work at once, with its operation", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(3)));
  const { worker, runs } = replicaOn(t, site, "a");
  await admitNodes(site.as("reboot"), op, namesOf(3));
  worker.poke();
  await until("three runs are held", () => runs.length === 3, 1_500);
  assert.deepEqual([worker.heldCount, runs[0]?.operation.op, runs[0]?.operation.user], [3, op, "admin"]);
});

test("work that no poke told of is found all the same", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const { runs } = replicaOn(t, site, "a");
  await admitNodes(site.as("reboot"), op, ["pc1"]);
  await until("the run is held", () => runs.length === 1, 10_000);
});

test("a replica holds no more than its capacity, and takes the next as one ends", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(5)));
  const { worker, runs, end } = replicaOn(t, site, "a", 2);
  await admitNodes(site.as("reboot"), op, namesOf(5));
  worker.poke();
  await until("two are held", () => runs.length === 2);
  assert.equal((await claim(site.as("reboot"), "b", 1)).length, 1, "the others are still queued");
  await end(runs[0]!);
  await until("the next is held", () => runs.length === 3, 1_500);
  assert.equal(worker.heldCount, 2);
});

test("work spreads over replicas by their room, and what is over it waits in the ledger alone", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(400)));
  await admitNodes(site.as("reboot"), op, namesOf(400));
  // Of one user's runs a replica takes eight ninths of its room.
  const replicas = [90, 180, 90].map((capacity, at) => replicaOn(t, site, `r${at}`, capacity));
  for (const { worker } of replicas) worker.poke();
  const held = () => replicas.map(({ worker }) => worker.heldCount).join(" ");
  await until("each has what it has room for", () => held() === "80 160 80");
  const [queued] = await site.owner`select count(*)::int as count from reboot.node_runs where state = 'queued'`;
  assert.equal(queued?.["count"], 80);
  const nodes = replicas.flatMap(({ runs }) => runs.map(({ node }) => node));
  assert.equal(new Set(nodes).size, 320, "no node is held twice");
});

test("a user's few nodes begin at once beside another's many that are slow", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(205)));
  const { worker, runs, end } = replicaOn(t, site, "a", 90);
  const ask = (by: number, user: string, nodes: readonly string[]) =>
    admit(site.as("reboot"), requestOf(opId(by), nodes, { user }), admitsAll);
  await ask(1, "ann", namesOf(200));
  worker.poke();
  await until("ann has all that she may", () => runs.length === 80);
  await ask(2, "bob", namesOf(205).slice(200));
  worker.poke();
  await until("all of bob's are held", () => runs.filter(({ chargedTo }) => chargedTo === "bob").length === 5);
  assert.equal(worker.heldCount, 85);
  for (const run of runs.filter(({ chargedTo }) => chargedTo === "bob")) await end(run);
  await end(runs[0]!);
  await until("ann's go on without being poked", () => runs.length === 86);
});

test("a stop hands what is held over in under a second, to be taken at once", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(20)));
  const { worker, runs } = replicaOn(t, site, "a");
  await admitNodes(site.as("reboot"), op, namesOf(20));
  worker.poke();
  await until("all are held", () => runs.length === 20);
  const startedAtMs = performance.now();
  await worker.stop();
  assert.ok(performance.now() - startedAtMs < 1_000);
  assert.equal((await claim(site.as("reboot"), "b", 100)).length, 20);
});

test("a lost lease takes the run away", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const { worker, runs, lost } = replicaOn(t, site, "a");
  await admitNodes(site.as("reboot"), op, ["pc1"]);
  worker.poke();
  await until("it is held", () => runs.length === 1);
  await site.owner`update reboot.node_runs set lease_owner = 'b', fence = fence + 1`;
  await until("it is let go", () => runs[0]!.signal.aborted && worker.heldCount === 0);
  assert.deepEqual(lost, ["a"]);
});

test("a run that broke off is given back, though its replica holds others", { timeout: 30_000 }, async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const database = openDatabase({ url: site.urlOf("reboot"), name: "a" });
  let breaks = 1;
  const drive = (run: HeldRun) =>
    new Promise<void>((_, reject) => {
      if (run.node === "pc1" && breaks-- > 0) reject(new Error("the database was away"));
      run.signal.addEventListener("abort", () => reject(run.signal.reason as Error));
    });
  const worker = createWorker({ database, owner: "a", log, drive, onLeaseLost: () => undefined });
  t.after(async () => {
    await worker.stop();
    await database.close();
  });
  await admitNodes(site.as("reboot"), op, ["pc1", "pc2"]);
  worker.poke();
  await until("it is taken anew", async () => {
    const [row] = await site.owner`select fence from reboot.node_runs where node = 'pc1'`;
    return row?.["fence"] === 2;
  });
});

test("a cancel by another replica is learned of with the next renewal; one known before, at once", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = site.as("reboot");
  const { worker, runs } = replicaOn(t, site, "a");
  await admitNodes(sql, op, ["pc1"]);
  worker.poke();
  await until("it is held", () => runs.length === 1);
  await requestCancel(sql, op, "admin");
  await until("it is told", () => runs[0]!.earlyEnding?.outcome === "cancelled");
  await admitNodes(sql, opId(2), ["pc2"]);
  await requestCancel(sql, opId(2), "admin");
  worker.poke();
  await until("the other is held", () => runs.length === 2);
  assert.equal(runs[1]!.earlyEnding?.outcome, "cancelled");
});

test("an operation whose deadline comes ends early with the next renewal; one overdue already, at once", async (t) => {
  const site = await databases.newDatabase(t, siteOf(fleetOf(2)));
  const sql = site.as("reboot");
  const { worker, runs } = replicaOn(t, site, "a");
  await admitNodes(sql, op, ["pc1"]);
  worker.poke();
  await until("it is held", () => runs.length === 1);
  assert.equal(runs[0]!.earlyEnding, undefined);
  const deadlineAt = new Date();
  await sql`update operations set deadline_at = ${deadlineAt} where op = ${op}`;
  await until("it is told", () => runs[0]!.leaveSignal.aborted);
  assert.equal(runs[0]!.signal.aborted, false, "what may not be left goes on");
  await admit(sql, requestOf(opId(2), ["pc2"], { deadlineAt }), admitsAll);
  worker.poke();
  await until("the other is held", () => runs.length === 2);
  assert.deepEqual(runs[1]!.earlyEnding, {
    outcome: "expired",
    reason: "deadline-exceeded",
    detail: `its deadline was ${deadlineAt.toISOString()}`,
  });
});
