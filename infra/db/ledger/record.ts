import type { NodeResult } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** A change to a run that this replica holds. `queued` gives it back; `done` needs a result; `firing` comes before a power action leaves. */
export interface RunChange {
  readonly op: string;
  readonly node: string;
  readonly fence: number;
  readonly state: "queued" | "leased" | "firing" | "done";
  /** With `queued`: the run is given back, and nobody takes it before so many milliseconds have passed. */
  readonly postponeMs?: number;
  readonly progress?: unknown;
  readonly result?: NodeResult;
  /** What the virtual nodes that wait for this one end with. */
  readonly guestResult?: NodeResult;
  /** The power action that follows powers the node on: counts for the type's minimum delay. */
  readonly stampsPower?: boolean;
}

export interface EndedRun {
  readonly op: string;
  readonly node: string;
  readonly result: NodeResult;
}

export interface TouchedOperation {
  readonly op: string;
  readonly user: string;
  readonly failedCount: number;
  readonly maxFailures: number | null;
  /** Set by the change that ended the operation's last run: exactly one writer sees it. */
  readonly finishedAt: string | null;
}

export interface Recorded {
  /** Changes that took: others came with an old fence, and their run is somebody else's now. */
  readonly written: ReadonlySet<string>;
  /** Virtual nodes that ended with their host. */
  readonly guests: readonly EndedRun[];
  readonly operations: readonly TouchedOperation[];
}

/** The key of a run in `Recorded.written`. */
export function runKey(run: { readonly op: string; readonly node: string }): string {
  return `${run.op}/${run.node}`;
}

/**
 * Writes whatever is ready in one statement: run states behind their fences, results, guests' results, the operations'
 * counts, and the locks of nodes that ended. Whichever replica ends an operation's last run learns of it.
 */
export async function record(sql: Sql, owner: string, changes: readonly RunChange[]): Promise<Recorded> {
  const rows = await sql<
    { written: string[] | null; guests: EndedRun[] | null; operations: TouchedOperation[] | null }[]
  >`
    with changes as materialized (
      select * from json_to_recordset(${JSON.stringify(changes)}::text::json)
      as c(op text, node text, fence int, state text, progress jsonb, result jsonb, "guestResult" jsonb, "stampsPower" boolean, "postponeMs" float8)
    ), written as (
      update node_runs r
      set state = c.state, lease_owner = case when c.state = 'queued' then null else r.lease_owner end,
          not_before = case when c.state = 'queued'
            then clock_timestamp() + make_interval(secs => c."postponeMs" / 1000) else r.not_before end,
          progress = coalesce(c.progress, r.progress), result = c.result,
          finished_at = case when c.state = 'done' then clock_timestamp() end
      from changes c
      where r.op = c.op and r.node = c.node and r.fence = c.fence and r.lease_owner = ${owner}
        and r.state in ('leased', 'firing')
      returning r.op, r.node, r.state, case when r.is_nonfatal then 0 else (r.result->>'status')::int end as status, c."guestResult", c."stampsPower"
    ), guests as (
      update node_runs g
      set state = 'done', result = w."guestResult", finished_at = clock_timestamp()
      from written w
      where w.state = 'done' and w."guestResult" is not null and g.op = w.op and g.waits_for = w.node and g.state = 'queued'
      returning g.op, g.node, g.result, (g.result->>'status')::int as status
    ), ended as (
      select op, node, status from written where state = 'done' union all select op, node, status from guests
    ), tally as (
      select op, count(*)::int as done, sum(status)::int as failed, array_agg(node) as nodes from ended group by op
    ), counted as (
      update operations o
      set done_count = o.done_count + t.done, failed_count = o.failed_count + t.failed,
          finished_at = case when o.done_count + t.done >= o.node_count then clock_timestamp() end
      from tally t where o.op = t.op
      returning o.op, o.user_name as "user", o.failed_count as "failedCount", o.max_failures as "maxFailures",
        to_char(o.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "finishedAt",
        case when o.parent_op is null then ledger.release_locks(o.op, t.nodes) else ledger.release_child_locks(o.op, t.nodes) end as "releasedLocks"
    )${changes.some(({ stampsPower }) => stampsPower) ? stampedPower(sql) : sql``}
    select (select array_agg(op || '/' || node) from written) as written,
           (select json_agg(json_build_object('op', op, 'node', node, 'result', result)) from guests) as guests,
           (select json_agg(counted) from counted) as operations`;
  const [row] = rows;
  return { written: new Set(row?.written ?? []), guests: row?.guests ?? [], operations: row?.operations ?? [] };
}

/** The reboot agent's alone: when each node was powered on. */
const stampedPower = (sql: Sql) => sql`, stamped as (
      insert into reboot.power_stamps (node, powered_on_at)
      select distinct node, clock_timestamp() from written where "stampsPower"
      on conflict (node) do update set powered_on_at = excluded.powered_on_at
    )`;

/** Ends an operation's runs that no replica has taken yet, all with one result; used to cancel and to stop a wave. */
export async function endQueued(
  sql: Sql,
  op: string,
  result: NodeResult,
): Promise<{ readonly ended: readonly EndedRun[]; readonly operation: TouchedOperation | undefined }> {
  const rows = await sql<{ ended: EndedRun[] | null; operation: TouchedOperation | null }[]>`
    with ended as (
      update node_runs
      set state = 'done', finished_at = clock_timestamp(),
          result = ${sql.json(result)} || case when is_nonfatal then '{"isNonfatal": true}'::jsonb else '{}' end
      where op = ${op} and state = 'queued'
      returning op, node, result, is_nonfatal
    ), tally as (
      select count(*)::int as done, count(*) filter (where not is_nonfatal)::int as counted, array_agg(node) as nodes
      from ended having count(*) > 0
    ),
    counted as (
      update operations o
      set done_count = o.done_count + t.done, failed_count = o.failed_count + t.counted * ${result.status}::int,
          finished_at = case when o.done_count + t.done >= o.node_count then clock_timestamp() end
      from tally t where o.op = ${op}
      returning o.op, o.user_name as "user", o.failed_count as "failedCount", o.max_failures as "maxFailures",
        to_char(o.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "finishedAt",
        case when o.parent_op is null then ledger.release_locks(o.op, t.nodes) else ledger.release_child_locks(o.op, t.nodes) end as "releasedLocks"
    )
    select (select json_agg(json_build_object('op', op, 'node', node, 'result', result)) from ended) as ended, (select row_to_json(counted) from counted) as operation`;
  const [row] = rows;
  return { ended: row?.ended ?? [], operation: row?.operation ?? undefined };
}
