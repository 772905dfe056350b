import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import postgres from "postgres";
import {
  BinaryMissingError,
  ClusterVersionError,
  DirectoryInUseError,
  SecretExposedError,
  startPostgres,
} from "../../../../infra/embedded/index.ts";
import type { ServiceEvent } from "../../../../infra/embedded/index.ts";
import { isAlive, scratchFolder, until } from "../support/scratch.ts";

function client(t: TestContext, url: string): postgres.Sql {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, backoff: () => 0.05 });
  t.after(async () => sql.end({ timeout: 0 }));
  return sql;
}

function withBinaries(t: TestContext, folder: string): void {
  const before = process.env["POSTGRES_BIN_DIR"];
  process.env["POSTGRES_BIN_DIR"] = folder;
  t.after(() => {
    if (before === undefined) delete process.env["POSTGRES_BIN_DIR"];
    else process.env["POSTGRES_BIN_DIR"] = before;
  });
}

test("the superuser comes in by password, and roles by theirs, with SCRAM and no other way", async (t) => {
  await using server = await startPostgres({ dir: scratchFolder(t), durable: false });
  const admin = client(t, server.adminUrl);
  await admin.unsafe("create role clerk login password 'a/b c'");
  const [who] = await client(t, server.urlFor("clerk", "a/b c"))`select current_user::text, current_database()::text`;
  assert.deepEqual({ ...who }, { current_user: "clerk", current_database: "reveille" });
  const [stored] = await admin`select rolpassword from pg_authid where rolname = 'postgres'`;
  assert.match(String(stored?.["rolpassword"]), /^SCRAM-SHA-256\$/);
  await assert.rejects(client(t, server.urlFor("clerk", "wrong"))`select 1`, { code: "28P01" });
  await assert.rejects(client(t, server.urlFor("postgres", ""))`select 1`);
});

test("a durable cluster loses no committed row to kill -9, and keeps its address", async (t) => {
  const events: ServiceEvent[] = [];
  await using server = await startPostgres({ dir: scratchFolder(t), onEvent: (event) => events.push(event) });
  const { adminUrl, pid } = server;
  const before = client(t, adminUrl);
  assert.equal((await before`show fsync`)[0]?.["fsync"], "on");
  await before`create table kept (n int)`;
  for (let n = 0; n < 50; n++) await before`insert into kept values (${n})`;
  process.kill(pid, "SIGKILL");
  await until("it is back", () => events.some(({ kind }) => kind === "restarted"));
  assert.notEqual(server.pid, pid);
  const [row] = await client(t, adminUrl)`select count(*)::int as n from kept`;
  assert.equal(row?.["n"], 50);
});

test("what was stored is there after a stop and a start, at the same address", async (t) => {
  const dir = scratchFolder(t);
  const first = await startPostgres({ dir, durable: false });
  await client(t, first.adminUrl)`create table kept as select 42 as n`;
  const { adminUrl, pid } = first;
  await first.stop();
  assert.ok(!isAlive(pid));
  await using second = await startPostgres({ dir, durable: false });
  assert.equal(second.adminUrl, adminUrl);
  assert.equal((await client(t, adminUrl)`select n from kept`)[0]?.["n"], 42);
});

test("two clusters have different passwords, in files that only their owner reads", async (t) => {
  const dirs = [scratchFolder(t), scratchFolder(t)];
  const servers = await Promise.all(dirs.map(async (dir) => startPostgres({ dir, durable: false })));
  for (const server of servers) await server.stop();
  const secrets = dirs.map((dir) => join(dir, "postgres/admin.secret"));
  assert.notEqual(...(secrets.map((path) => readFileSync(path, "utf8")) as [string, string]));
  for (const path of secrets) assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(secrets[0]!, 0o644);
  await assert.rejects(startPostgres({ dir: dirs[0]!, durable: false }), SecretExposedError);
});

test("it runs as nobody when root starts it", { skip: process.getuid?.() !== 0 }, async (t) => {
  const dir = scratchFolder(t);
  await using server = await startPostgres({ dir, durable: false });
  assert.equal(statSync(`/proc/${server.pid}`).uid, 65_534);
  const { uid, mode } = statSync(join(dir, "postgres/data"));
  assert.deepEqual([uid, mode & 0o777], [65_534, 0o700]);
});

test("an interrupted creation is begun anew", async (t) => {
  const dir = scratchFolder(t);
  mkdirSync(join(dir, "postgres/data.deadbeef/base"), { recursive: true });
  await using server = await startPostgres({ dir, durable: false });
  assert.ok(!existsSync(join(dir, "postgres/data.deadbeef")));
  assert.equal((await client(t, server.adminUrl)`select 1 as n`)[0]?.["n"], 1);
});

test("a stale postmaster.pid whose pid is somebody else's now does not keep it from starting", async (t) => {
  const dir = scratchFolder(t);
  await (await startPostgres({ dir, durable: false })).stop();
  writeFileSync(join(dir, "postgres/data/postmaster.pid"), `${process.ppid}\n`);
  await using server = await startPostgres({ dir, durable: false });
  assert.ok(isAlive(server.pid));
});

test("a second server in the same directory is refused, and the first goes on", async (t) => {
  const dir = scratchFolder(t);
  await using server = await startPostgres({ dir, durable: false });
  await assert.rejects(startPostgres({ dir, durable: false }), DirectoryInUseError);
  assert.equal((await client(t, server.adminUrl)`select 1 as n`)[0]?.["n"], 1);
});

test("a cluster of another major version is refused by name", async (t) => {
  const dir = scratchFolder(t);
  mkdirSync(join(dir, "postgres/data"), { recursive: true });
  writeFileSync(join(dir, "postgres/data/PG_VERSION"), "12\n");
  await assert.rejects(startPostgres({ dir }), ClusterVersionError);
});

test("a folder without PostgreSQL is refused", async (t) => {
  withBinaries(t, scratchFolder(t));
  await assert.rejects(startPostgres({ dir: scratchFolder(t) }), BinaryMissingError);
});

const DEBIAN_15 = "/usr/lib/postgresql/15/bin";
test("PostgreSQL 15 will do", { skip: !existsSync(join(DEBIAN_15, "postgres")) }, async (t) => {
  withBinaries(t, DEBIAN_15);
  await using server = await startPostgres({ dir: scratchFolder(t), durable: false });
  assert.match(String((await client(t, server.adminUrl)`show server_version`)[0]?.["server_version"]), /^15\./);
});
