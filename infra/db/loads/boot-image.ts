import type { Sql } from "../connect.ts";

/**
 * Of disks `d` and boot selections `b`: the image that boots. Null while a load is under way, or after one broke off, and
 * while one is selected, whose images are on the disk when it boots.
 */
export const bootImageOf = (sql: Sql) =>
  sql`case when b.boot is distinct from 'loader' then d.images->-1->>'image' end`;
