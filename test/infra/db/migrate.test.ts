import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import postgres from "postgres";
import { migrateDatabase } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";

const databases = databaseServer();

async function ask(url: string, query: string): Promise<readonly postgres.Row[]> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await client.unsafe(query);
  } finally {
    await client.end();
  }
}

const tables = `select schemaname || '.' || tablename as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`;
const applied = "select count(*)::int as n from drizzle.__drizzle_migrations";

test("several migrations at once on an empty database leave each step applied once", async () => {
  const url = await databases.newEmptyDatabase();
  await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(url)));
  const steps = readdirSync(new URL("../../../infra/db/migrations", import.meta.url)).filter((name) =>
    name.endsWith(".sql"),
  );
  assert.deepEqual([...(await ask(url, applied))], [{ n: steps.length }]);
});

test("a migration of what is migrated changes nothing", async () => {
  const url = await databases.newEmptyDatabase();
  await migrateDatabase(url);
  const before = [await ask(url, tables), await ask(url, applied)];
  await migrateDatabase(url);
  assert.deepEqual([await ask(url, tables), await ask(url, applied)], before);
});

test("a role's password may hold quotes and backslashes, and is kept when none is given", async () => {
  const url = await databases.newEmptyDatabase();
  const password = String.raw`it's "a" \ password; --`;
  await migrateDatabase(url, { gateway: password });
  await migrateDatabase(url);
  const login = Object.assign(new URL(url), { username: "reveille-gateway", password: encodeURIComponent(password) });
  const [row] = await ask(login.href, "select current_user::text as who");
  assert.equal(row?.["who"], "reveille-gateway");
});
