import type { Sql } from "../connect.ts";

/** A BMC's password, sealed to the reboot agent's key; undefined if none is recorded. Only that agent's role may read it. */
export async function readSealedPassword(sql: Sql, node: string): Promise<string | undefined> {
  const [row] = await sql<{ sealed_password: string }[]>`
    select sealed_password from registry.bmc_credentials where node = ${node}`;
  return row?.sealed_password;
}
