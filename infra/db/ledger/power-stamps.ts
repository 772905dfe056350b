import type { Sql } from "../connect.ts";

/** For each of these nodes that was ever powered on or cycled: how many seconds ago, by the database's clock. */
export async function readPowerStamps(sql: Sql, nodes: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ node: string; sinceS: number }[]>`
    select node, extract(epoch from clock_timestamp() - powered_on_at)::float8 as "sinceS"
    from reboot.power_stamps where node = any(${nodes as string[]})`;
  return new Map(rows.map(({ node, sinceS }) => [node, sinceS]));
}
