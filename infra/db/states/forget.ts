import type { Sql } from "../connect.ts";

/** At most so many rows are forgotten in one transaction. */
const maxForgotten = 5_000;

/**
 * Forgets what nodes reported more than so many days ago, at least one, and what their histories have of that time, the
 * oldest 100 of a node at a time; gives how many rows. Each node's newest 1,000 stay, as many as a query gives, and so does
 * what `readUnappliedReports` looks at: what is forgotten is never taken in anew.
 */
export async function forgetHistory(
  sql: Sql,
  keepDays: number,
): Promise<{ readonly reports: number; readonly entries: number }> {
  const [reports] = await sql<{ count: number }[]>`
    select boot.forget_reports(${keepDays}::float8, ${maxForgotten}) as count`;
  const [entries] = await sql<{ count: number }[]>`
    with old as materialized (
      select oldest.id from registry.nodes n,
      lateral (
        select id from registry.node_history where node = n.name order by id desc offset 999 limit 1
      ) as kept_from,
      lateral (
        select id, at, report_id from registry.node_history
        where node = n.name and id < kept_from.id order by id limit 100
      ) as oldest
      where oldest.at < clock_timestamp() - make_interval(secs => greatest(${keepDays}::float8, 1) * 86400)
        and (oldest.report_id is null
             or oldest.report_id <= (select max(report_id) - 1000 from registry.node_history))
      limit ${maxForgotten}
    ), gone as (
      delete from registry.node_history h using old where h.id = old.id returning h.id
    )
    select count(*)::int as count from gone`;
  return { reports: reports?.count ?? 0, entries: entries?.count ?? 0 };
}
