import type { Sql } from "../connect.ts";

/** At most so many operations are forgotten in one transaction. */
const maxForgotten = 500;

/** Marks as to be cancelled whatever runs for a user who is revoked or not there any more; each is given back once. */
export async function cancelOfRevoked(sql: Sql): Promise<readonly { readonly op: string; readonly user: string }[]> {
  const rows = await sql<{ op: string; user: string }[]>`
    update operations o set cancel_requested_at = clock_timestamp()
    where finished_at is null and cancel_requested_at is null
      and not exists (select from registry.users u where u.name = o.user_name and u.revoked_at is null)
    returning op, user_name as "user"`;
  return [...rows];
}

/** Operations whose deadline has passed and that have not ended: by the database's clock. Each is given until it has. */
export async function readOverdue(sql: Sql): Promise<readonly { readonly op: string; readonly deadlineAt: Date }[]> {
  return sql<{ op: string; deadlineAt: Date }[]>`
    select op, deadline_at as "deadlineAt" from operations
    where finished_at is null and deadline_at <= clock_timestamp()`;
}

export interface Forgetting {
  readonly keepDays: number;
  /** The agent keeps what it asked of others. */
  readonly asksOthers: boolean;
}

/**
 * Forgets operations that ended more than so many days ago, with their runs and what was asked of other agents for them;
 * gives how many. A command can be replayed for ten minutes and is then refused for its time, so what is forgotten can
 * never be done anew.
 */
export async function forgetEnded(sql: Sql, { keepDays, asksOthers }: Forgetting): Promise<number> {
  const children = sql`children as (
      delete from child_operations c using old where c.parent_op = old.op
    ),`;
  const [row] = await sql<{ count: number }[]>`
    with old as materialized (
      select op from operations
      where finished_at < clock_timestamp() - make_interval(secs => ${keepDays * 86_400}::float8)
      limit ${maxForgotten} for update skip locked
    ), runs as (
      delete from node_runs r using old where r.op = old.op
    ), ${asksOthers ? children : sql``} gone as (
      delete from operations o using old where o.op = old.op returning o.op
    )
    select count(*)::int as count from gone`;
  return row?.count ?? 0;
}
