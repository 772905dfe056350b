import type { Sql } from "../connect.ts";

/** The name under which a public key may act, or undefined: unknown to the site, or revoked. */
export async function readUserOfKey(sql: Sql, publicKey: string): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`
    select name from registry.users where public_key = ${publicKey} and revoked_at is null`;
  return row?.name;
}

/** The same for agents' keys alone: what the boot agent, which knows no user, may see. */
export async function readAgentOfKey(sql: Sql, publicKey: string): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`select name from registry.agent_keys where public_key = ${publicKey}`;
  return row?.name;
}

/** Everybody who may connect: people who are not revoked, with their keys. */
export async function readPeople(sql: Sql): Promise<readonly { readonly name: string; readonly publicKey: string }[]> {
  return sql<{ name: string; publicKey: string }[]>`
    select name, public_key as "publicKey" from registry.users
    where kind = 'person' and revoked_at is null order by name`;
}
