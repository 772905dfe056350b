import type { HistoryAnswer, HistoryQuery, NodeState, StateChange } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** The state a node was in before a report, or null for its first. */
export async function readNodeState(
  sql: Sql,
  node: string,
): Promise<{ readonly state: NodeState; readonly reportId: number } | undefined> {
  const [row] = await sql<{ state: NodeState; reportId: number }[]>`
    select state, report_id::float8 as "reportId" from registry.node_states where node = ${node}`;
  return row;
}

/** Makes a report part of a node's state and history; a report that is there already, or an older one, changes nothing. */
export async function applyReport(sql: Sql, change: StateChange, isExpected: boolean): Promise<boolean> {
  const applied = await sql`
    with recorded as (
      insert into registry.node_history (node, at, state, is_expected, reported_by, boot_id, report_id)
      select ${change.node}, ${change.reportedAt}, ${change.state}, ${isExpected}, ${change.reportedBy},
             ${change.bootId ?? null}, ${change.id}
      where exists (select from registry.nodes where name = ${change.node})
      on conflict (report_id) do nothing returning report_id
    )
    insert into registry.node_states (node, state, since, boot_id, report_id)
    select ${change.node}, ${change.state}, ${change.reportedAt}::timestamptz, ${change.bootId ?? null}, report_id from recorded
    on conflict (node) do update
    set state = excluded.state, since = excluded.since, boot_id = coalesce(excluded.boot_id, node_states.boot_id),
        report_id = excluded.report_id
    where node_states.report_id < excluded.report_id`;
  return applied.count > 0;
}

/** A node's states, newest first. */
export async function readHistory(sql: Sql, query: HistoryQuery): Promise<HistoryAnswer> {
  const node = query.node.toLowerCase();
  const known = (await sql`select from registry.nodes where name = ${node}`).count > 0;
  const rows = await sql<
    { at: Date; state: NodeState; expected: boolean; reportedBy: "address" | "token"; bootId: string | null }[]
  >`
    select at, state, is_expected as expected, reported_by as "reportedBy", boot_id as "bootId"
    from registry.node_history where node = ${node} order by id desc limit ${query.limit ?? 50}`;
  return {
    known,
    entries: rows.map(({ at, bootId, ...row }) => ({ ...row, at: at.toISOString(), ...(bootId ? { bootId } : {}) })),
  };
}
