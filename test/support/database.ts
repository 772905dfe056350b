import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import postgres from "postgres";
import { type AgentName, agentNames } from "../../contracts/index.ts";
import { type Inventory, type Sql, importInventory, migrateDatabase, roleOf } from "../../infra/db/index.ts";
import { type EmbeddedPostgres, startPostgres } from "../../infra/embedded/index.ts";

/** A migrated database of one test's own. */
export interface TestDatabase {
  readonly ownerUrl: string;
  /** The URL of an agent's role. */
  urlOf(agent: AgentName): string;
  /** The superuser's own pool, to look at what the roles did. */
  readonly owner: Sql;
  /** A pool as an agent's role, closed with the test. */
  as(agent: AgentName, connections?: number): Sql;
}

/** What ends at some time, as a test does, and does these deeds then. */
export interface Scope {
  after(deed: () => PromiseLike<unknown>): void;
}

export interface DatabaseServer {
  readonly server: EmbeddedPostgres;
  /** A database with the schema and this inventory; some 0.1 s. Its pools are closed with the test. */
  newDatabase(t: Scope, inventory?: Inventory): Promise<TestDatabase>;
  /** A database with nothing in it; its owner's URL. */
  newEmptyDatabase(): Promise<string>;
}

/** The password of every agent's role in a test. */
const rolePassword = "a role's password";

/**
 * A real PostgreSQL for the tests of one file: begun before the first of them, gone after the last. Each test takes a
 * database of its own, copied from a migrated one. Only a `durable` one keeps what was committed when it is killed.
 */
export function databaseServer(options: { readonly durable?: boolean } = {}): DatabaseServer {
  let server: (DatabaseServer & AsyncDisposable) | undefined;
  const started = (): DatabaseServer => {
    if (server === undefined) throw new Error("the test's PostgreSQL is started before its first test, not earlier");
    return server;
  };
  before(async () => {
    server = await startDatabaseServer(options);
  });
  after(() => server?.[Symbol.asyncDispose]());
  return {
    get server() {
      return started().server;
    },
    newDatabase: (t, inventory) => started().newDatabase(t, inventory),
    newEmptyDatabase: () => started().newEmptyDatabase(),
  };
}

/** The same outside of a test: begun now, gone when it is disposed of. */
export async function startDatabaseServer({ durable = false }: { readonly durable?: boolean } = {}): Promise<
  DatabaseServer & AsyncDisposable
> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-test-"));
  const server = await startPostgres({ dir, durable });
  const passwords = Object.fromEntries(agentNames.map((agent) => [agent, rolePassword]));
  await migrateDatabase(server.adminUrl, passwords);
  const maintenance = openPool(inDatabase(server.adminUrl, "postgres"), 1);
  let taken = 0;
  const create = async (template: string): Promise<string> => {
    const name = `test_${++taken}`;
    // A third of the processor time that it takes to write the copy ahead.
    await maintenance.unsafe(`create database ${name} template ${template} strategy file_copy`);
    return inDatabase(server.adminUrl, name);
  };
  return {
    server,
    newEmptyDatabase: () => create("template0"),
    async newDatabase(t, inventory) {
      const ownerUrl = await create("reveille");
      if (inventory) await importInventory(ownerUrl, inventory);
      const pools: Sql[] = [];
      const open = (url: string, connections: number): Sql => {
        const pool = openPool(url, connections);
        pools.push(pool);
        return pool;
      };
      t.after(() => Promise.all(pools.map((pool) => pool.end({ timeout: 1 }))));
      const urlOf = (agent: AgentName) => asRole(ownerUrl, roleOf(agent));
      return {
        ownerUrl,
        urlOf,
        owner: open(ownerUrl, 2),
        as: (agent, connections = 2) => open(urlOf(agent), connections),
      };
    },
    async [Symbol.asyncDispose]() {
      await maintenance.end({ timeout: 1 });
      await server.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function openPool(url: string, connections: number): Sql {
  return postgres(url, { max: connections, onnotice: () => undefined, transform: { undefined: null } });
}

function inDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

function asRole(url: string, role: string): string {
  return Object.assign(new URL(url), { username: role, password: rolePassword }).href;
}
