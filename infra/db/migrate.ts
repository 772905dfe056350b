import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import type { AgentName } from "../../contracts/index.ts";
import { roleOf } from "./roles.ts";

/** Any number that only our migrations lock on: two that start at once would otherwise trip over each other. */
const migrationLock = 7_230_515;

/**
 * Brings the database to this version's schema, roles and grants, as the owner role. Several at once wait for each other.
 * `passwords` are set on the agents' roles; a role that is left out keeps what it has.
 */
export async function migrateDatabase(
  ownerUrl: string,
  passwords: Partial<Record<AgentName, string>> = {},
): Promise<void> {
  const client = postgres(ownerUrl, { max: 1, onnotice: () => undefined });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    const migrationsFolder = fileURLToPath(new URL("migrations", import.meta.url));
    await runMigrations(drizzle(client), { migrationsFolder });
    for (const [agent, password] of Object.entries(passwords) as [AgentName, string][]) {
      // Passwords are no parameters in SQL; quote_literal is the server's own quoting.
      const [quoted] = await client<{ role: string; secret: string }[]>`
        select quote_ident(${roleOf(agent)}) as role, quote_literal(${password}) as secret`;
      if (quoted) await client.unsafe(`alter role ${quoted.role} password ${quoted.secret}`);
    }
  } finally {
    await client.end();
  }
}
