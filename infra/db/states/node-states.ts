import type {
  HistoryAnswer,
  HistoryEntry,
  HistoryQuery,
  NodeMode,
  NodeState,
  StateChange,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** The mode and state that a node was in before a report, or undefined for its first. */
export async function readNodeState(
  sql: Sql,
  node: string,
): Promise<{ readonly mode: NodeMode; readonly state: NodeState; readonly reportId: number } | undefined> {
  const [row] = await sql<{ mode: NodeMode; state: NodeState; reportId: number }[]>`
    select mode, state, report_id::float8 as "reportId" from registry.node_states where node = ${node}`;
  return row;
}

/** What the machine makes of a report. */
export interface ReportVerdict {
  readonly mode: NodeMode;
  readonly isExpected: boolean;
  /** How long the state may last before that is told, seconds; null: for ever. */
  readonly timeoutS: number | null;
}

/** Makes a report part of a node's state and history; a report that is there already, or an older one, changes nothing. */
export async function applyReport(sql: Sql, change: StateChange, verdict: ReportVerdict): Promise<boolean> {
  const { mode, isExpected, timeoutS } = verdict;
  const applied = await sql`
    with recorded as (
      insert into registry.node_history (node, at, state, mode, is_expected, reported_by, boot_id, report_id)
      select ${change.node}, ${change.reportedAt}, ${change.state}, ${mode}, ${isExpected}, ${change.reportedBy},
             ${change.bootId ?? null}, ${change.id}
      where exists (select from registry.nodes where name = ${change.node})
      on conflict (report_id) do nothing returning report_id
    )
    insert into registry.node_states (node, state, mode, since, timeout_at, boot_id, report_id)
    select ${change.node}, ${change.state}, ${mode}, ${change.reportedAt}::timestamptz,
           ${change.reportedAt}::timestamptz + make_interval(secs => ${timeoutS}::float8), ${change.bootId ?? null}, report_id
    from recorded
    on conflict (node) do update
    set state = excluded.state, mode = excluded.mode, since = excluded.since, timeout_at = excluded.timeout_at, boot_id = coalesce(excluded.boot_id, node_states.boot_id),
        report_id = excluded.report_id
    where node_states.report_id < excluded.report_id`;
  return applied.count > 0;
}

/** A state that has lasted longer than it should. */
export interface StateTimeout {
  readonly node: string;
  readonly mode: NodeMode;
  readonly state: NodeState;
  readonly since: Date;
}

/** Writes states that have lasted too long into their nodes' histories, each once; gives them, at most 1,000. */
export async function noteTimeouts(sql: Sql): Promise<readonly StateTimeout[]> {
  const rows = await sql<StateTimeout[]>`
    with late as materialized (
      select node from registry.node_states where timeout_at < clock_timestamp() limit 1000 for update skip locked
    ), noted as (
      update registry.node_states s set timeout_at = null from late where s.node = late.node
      returning s.node, s.mode, s.state, s.since
    ), recorded as (
      insert into registry.node_history (node, at, state, mode, is_expected, reported_by)
      select node, clock_timestamp(), state, mode, false, 'timeout' from noted
    )
    select * from noted order by node`;
  return [...rows];
}

/** Takes the mark off free nodes that were loaded with their default image since they were freed; gives their names. */
export async function clearCleaned(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ node: string }[]>`
    delete from registry.freed_nodes f using reload.node_disks d
    where d.node = f.node and d.loaded_at > f.freed_at and d.images->-1->>'image' = f.image
    returning f.node`;
  return rows.map(({ node }) => node);
}

/** A node's states, newest first. */
export async function readHistory(sql: Sql, query: HistoryQuery): Promise<HistoryAnswer> {
  const node = query.node.toLowerCase();
  const known = (await sql`select from registry.nodes where name = ${node}`).count > 0;
  const rows = await sql<
    {
      at: Date;
      state: NodeState;
      expected: boolean;
      reportedBy: HistoryEntry["reportedBy"];
      mode: NodeMode | null;
      bootId: string | null;
    }[]
  >`
    select at, state, mode, is_expected as expected, reported_by as "reportedBy", boot_id as "bootId"
    from registry.node_history where node = ${node} order by id desc limit ${query.limit ?? 50}`;
  return {
    known,
    entries: rows.map(({ at, mode, bootId, ...row }) => ({
      ...row,
      at: at.toISOString(),
      ...(mode ? { mode } : {}),
      ...(bootId ? { bootId } : {}),
    })),
  };
}
