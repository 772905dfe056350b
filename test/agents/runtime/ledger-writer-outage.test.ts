import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { firingWindowMs } from "../../../agents/reboot/steps/fire.ts";
import { type Written, createLedgerWriter } from "../../../agents/runtime/ledger-writer.ts";
import { type Recorded, type RunChange, claim } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { fleetOf, siteOf } from "../../support/inventory.ts";
import { admitNodes, endOf, opId } from "../../support/ledger.ts";

const databases = databaseServer({ durable: true });
const op = opId(1);
const log = pino({ level: "silent" });

test("what becomes ready together is one statement, told before its promises settle", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(50)));
  const sql = database.as("reboot");
  await admitNodes(
    sql,
    op,
    fleetOf(50).map(({ name }) => name),
  );
  const batches: number[] = [];
  const onRecorded = (_: Recorded, changes: readonly RunChange[]) => void batches.push(changes.length);
  const writer = createLedgerWriter({ sql, urgentSql: sql, owner: "a", log, onRecorded });
  const runs = await claim(sql, "a", 50);
  const took = await Promise.all(runs.map(async (run) => (await writer.write(endOf(run))).took && batches.length > 0));
  assert.ok(took.every(Boolean));
  assert.deepEqual(batches, [50]);
});

test("a change of a run that is another replica's by now is told so; the others of its batch take", async (t) => {
  const sql = (await databases.newDatabase(t, siteOf(fleetOf(2)))).as("reboot");
  await admitNodes(sql, op, ["pc1", "pc2"]);
  const [mine] = await claim(sql, "a", 1);
  const [theirs] = await claim(sql, "b", 1);
  const writer = createLedgerWriter({ sql, urgentSql: sql, owner: "a", log, onRecorded: () => undefined });
  const written = await Promise.all([writer.write(endOf(theirs!)), writer.write(endOf(mine!))]);
  assert.deepEqual(
    written.map(({ took }) => took),
    [false, true],
  );
});

test("a firing queues behind nothing that the agent asks of its database beside it", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(1)));
  const [sql, urgentSql] = [database.as("reboot", 1), database.as("reboot", 1)];
  await admitNodes(sql, op, ["pc1"]);
  const [run] = await claim(sql, "a", 1);
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  // An admission that takes its time has the pool's only connection.
  const admitting = sql.begin(() => ended);
  const writer = createLedgerWriter({ sql, urgentSql, owner: "a", log, onRecorded: () => undefined });
  assert.equal((await writer.write({ op, node: run!.node, fence: run!.fence, state: "firing" })).took, true);
  end();
  await admitting;
});

test("changes outlive a kill -9 of PostgreSQL, and each is counted once", { timeout: 60_000 }, async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(200)));
  const sql = database.as("reboot", 4);
  await admitNodes(
    sql,
    op,
    fleetOf(200).map(({ name }) => name),
  );
  const runs = await claim(sql, "a", 200);
  const writer = createLedgerWriter({ sql, urgentSql: sql, owner: "a", log, onRecorded: () => undefined });
  const writes: Promise<Written>[] = [];
  for (const [index, run] of runs.entries()) {
    if (index === 100) process.kill(databases.server.pid, "SIGKILL");
    writes.push(writer.write({ op, node: run.node, fence: run.fence, state: "leased", progress: { index } }));
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await writer.drain();
  assert.ok((await Promise.all(writes)).every(({ took }) => took));
  const ended = await Promise.all(runs.map((run) => writer.write(endOf(run))));
  assert.ok(ended.every(({ took }) => took));
  // The writer's pool may hold a connection of before the kill, of which it has not heard the end: nobody but the writer
  // tries again.
  const [row] = await database.as("reboot")`select done_count, finished_at is not null as ended from reboot.operations`;
  assert.deepEqual({ ...row }, { done_count: 200, ended: true });
});

test("a ledger that is slow by the row, and locked for a while, lets each firing go in time in the end", async (t) => {
  const database = await databases.newDatabase(t, siteOf(fleetOf(64)));
  const { owner } = database;
  const sql = database.as("reboot", 4);
  await admitNodes(
    sql,
    op,
    fleetOf(64).map(({ name }) => name),
  );
  const runs = await claim(sql, "a", 64);
  // 64 rows take 640 ms then, and no batch of them would ever be in time.
  await owner.unsafe(`
    create function reboot.dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(0.01); return new; end';
    create trigger dawdle before update on reboot.node_runs for each row execute function reboot.dawdle()`);
  const writer = createLedgerWriter({ sql, urgentSql: sql, owner: "a", log, onRecorded: () => undefined });
  const isLate = ({ sentAtMs }: Written) => performance.now() >= sentAtMs + firingWindowMs;
  const fire = async ({ node, fence }: (typeof runs)[number]): Promise<void> => {
    while (isLate(await writer.write({ op, node, fence, state: "firing" })));
  };
  let isLocked: () => void = () => undefined;
  const locked = new Promise<void>((resolve) => (isLocked = resolve));
  const locking = owner.begin(async (tx) => {
    await tx`select from reboot.node_runs where node = 'pc5' for update`;
    isLocked();
    await tx`select pg_sleep(0.7)`;
  });
  await locked;
  await Promise.all([locking, ...runs.map(fire)]);
  const [row] = await sql`select count(*)::int as firing from reboot.node_runs where state = 'firing'`;
  assert.equal(row?.["firing"], 64);
});
