import type { RefusalReason } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

export type CancelOutcome =
  { readonly ok: true } | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

/** Marks an operation as to be cancelled, if `user` may: its own, or any for an admin. Asking again does no harm. */
export async function requestCancel(sql: Sql, op: string, user: string): Promise<CancelOutcome> {
  const [row] = await sql<{ user: string; isAdmin: boolean; isFinished: boolean }[]>`
    select o.user_name as "user", u.is_admin as "isAdmin", o.finished_at is not null as "isFinished"
    from operations o join registry.users u on u.name = ${user} and u.revoked_at is null
    where o.op = ${op}`;
  // Somebody else's operation is as unknown as one that does not exist.
  if (!row || (row.user !== user && !row.isAdmin)) {
    return { ok: false, reason: "operation-unknown", detail: `no operation ${op} that ${user} may cancel` };
  }
  if (row.isFinished) return { ok: false, reason: "operation-finished", detail: `operation ${op} has ended already` };
  await sql`
    update operations set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
    where op = ${op} and finished_at is null`;
  return { ok: true };
}
