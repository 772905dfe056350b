import type { Sql } from "../connect.ts";

/** The end of what the node's ramdisk logged in this load, if it came so far. */
export async function readBootLog(sql: Sql, node: string, loadId: string): Promise<string | undefined> {
  const [row] = await sql<{ text: string }[]>`
    select text from boot.boot_logs where node = ${node} and load_id = ${loadId}`;
  return row?.text;
}
