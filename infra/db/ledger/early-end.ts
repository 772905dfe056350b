import type { Sql } from "../connect.ts";

/** Why an operation ends before all of its nodes have come to their own end. */
export type EarlyEnd = "cancelled-by-user" | "deadline-exceeded";

/** Of operations `o`, by the database's clock: why they end early; null where they do not. */
export const earlyEndOf = (sql: Sql) => sql`
  case when o.cancel_requested_at is not null then 'cancelled-by-user'
       when o.deadline_at <= clock_timestamp() then 'deadline-exceeded' end`;
