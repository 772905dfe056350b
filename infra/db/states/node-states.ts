import type {
  HistoryAnswer,
  HistoryEntry,
  HistoryQuery,
  NodeMode,
  NodeState,
  StateChange,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** What a node was in before a report, and which report said so. */
export interface NodeStanding {
  readonly mode: NodeMode;
  readonly state: NodeState;
  readonly reportId: number;
}

/** Where nodes stand that have reported before. */
export async function readNodeStates(sql: Sql, nodes: readonly string[]): Promise<ReadonlyMap<string, NodeStanding>> {
  const rows = await sql<(NodeStanding & { node: string })[]>`
    select node, mode, state, report_id::float8 as "reportId" from registry.node_states
    where node = any(${nodes as string[]}::text[])`;
  return new Map(rows.map(({ node, ...standing }) => [node, standing]));
}

/** A report, and what the machine makes of it. */
export interface JudgedReport extends StateChange {
  readonly mode: NodeMode;
  readonly isExpected: boolean;
  /** How long the state may last before that is told, seconds; null: for ever. */
  readonly timeoutS: number | null;
}

/**
 * Makes reports part of their nodes' histories, and the newest of each node its state unless that is newer still. Gives the
 * ids of those that were in no history; a report of a node that is no more is dropped. Replicas write in one order, reports and then
 * nodes, so that none waits for another in a circle.
 */
export async function applyReports(sql: Sql, reports: readonly JudgedReport[]): Promise<ReadonlySet<number>> {
  const rows = await sql<{ id: number }[]>`
    with reports as materialized (
      select distinct r.* from json_to_recordset(${JSON.stringify(reports)}::text::json)
        as r(id int8, node text, "reportedAt" timestamptz, state text, mode text, "isExpected" boolean, "timeoutS" float8, "reportedBy" text, "bootId" text)
      where exists (select from registry.nodes n where n.name = r.node)
    ), recorded as (
      insert into registry.node_history (node, at, state, mode, is_expected, reported_by, boot_id, report_id)
      select node, "reportedAt", state, mode, "isExpected", "reportedBy", "bootId", id from reports order by id
      on conflict (report_id) do nothing returning report_id as id
    ), newest as (
      select max(id) as id, (array_agg("bootId" order by id desc) filter (where "bootId" is not null))[1] as boot_id
      from reports join recorded using (id) group by node
    ), stood as (
      insert into registry.node_states (node, state, mode, since, timeout_at, boot_id, report_id)
      select node, state, mode, "reportedAt", "reportedAt" + make_interval(secs => "timeoutS"), boot_id, id
      from reports join newest using (id) order by node
      on conflict (node) do update
      set state = excluded.state, mode = excluded.mode, since = excluded.since, timeout_at = excluded.timeout_at,
          boot_id = coalesce(excluded.boot_id, node_states.boot_id), report_id = excluded.report_id
      where node_states.report_id < excluded.report_id
    )
    select id::float8 as id from recorded`;
  return new Set(rows.map(({ id }) => id));
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
