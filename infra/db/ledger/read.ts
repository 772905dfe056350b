import {
  type NodeResult,
  type OperationAnswer,
  type OperationSummary,
  type OperationsQuery,
  maxPageRows,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** Slack taken off `asOf`, seconds: a result's instant is taken a little before its transaction can be seen. */
const visibilitySlackS = 5;

const instant = (sql: Sql, column: ReturnType<Sql>) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

function summaryColumns(sql: Sql) {
  return sql`
    o.op, o.verb, o.user_name as "user", case when o.finished_at is null then 'running' else 'finished' end as state,
    o.cancel_requested_at is not null as "cancelRequested", o.node_count as "nodeCount", o.done_count as "doneCount",
    o.failed_count as "failedCount", ${instant(sql, sql`o.created_at`)} as "createdAt",
    ${instant(sql, sql`o.finished_at`)} as "finishedAt", o.retry`;
}

interface SummaryRow extends Omit<OperationSummary, "finishedAt" | "retry"> {
  readonly finishedAt: string | null;
  readonly retry: "may-help" | "futile" | null;
}

function summaryOf({ finishedAt, retry, ...row }: SummaryRow): OperationSummary {
  return { ...row, ...(finishedAt === null ? {} : { finishedAt }), ...(retry === null ? {} : { retry }) };
}

/** Who may see an operation: whoever began it, and admins. */
function maySee(sql: Sql, user: string) {
  return sql`(o.user_name = ${user} or exists (
    select from registry.users u where u.name = ${user} and u.is_admin and u.revoked_at is null))`;
}

/** One page of an operation's results, of whichever agent, for `user`, or undefined if there is none that they may see. */
export async function readOperation(
  sql: Sql,
  query: { readonly op: string; readonly after?: string; readonly since?: string },
  user: string,
): Promise<OperationAnswer | undefined> {
  const [found] = await sql<(SummaryRow & { asOf: string })[]>`
    select ${summaryColumns(sql)},
           ${instant(sql, sql`(clock_timestamp() - make_interval(secs => ${visibilitySlackS}))`)} as "asOf"
    from ledger.all_operations o where o.op = ${query.op} and ${maySee(sql, user)}`;
  if (!found) return undefined;
  const { asOf, ...summary } = found;
  const rows = await sql<{ node: string; result: NodeResult }[]>`
    select node, result from ledger.all_node_runs
    where op = ${query.op} and state = 'done' and node > ${query.after ?? ""}
          ${query.since === undefined ? sql`` : sql`and finished_at >= ${query.since}`}
    order by node limit ${maxPageRows}`;
  const last = rows.length === maxPageRows ? rows.at(-1)?.node : undefined;
  const results = Object.fromEntries(rows.map(({ node, result }) => [node, result]));
  return { operation: summaryOf(summary), results, asOf, ...(last === undefined ? {} : { next: last }) };
}

/** The newest operations that `user` may see. */
export async function readRecentOperations(
  sql: Sql,
  query: OperationsQuery,
  user: string,
): Promise<readonly OperationSummary[]> {
  const rows = await sql<SummaryRow[]>`
    select ${summaryColumns(sql)} from ledger.all_operations o
    where ${maySee(sql, user)} ${query.running ? sql`and o.finished_at is null` : sql``}
      ${query.verb === undefined ? sql`` : sql`and o.verb = ${query.verb}`}
      ${query.user === undefined ? sql`` : sql`and o.user_name = ${query.user}`}
      ${query.since === undefined ? sql`` : sql`and o.created_at >= ${query.since}`}
    order by o.created_at desc limit ${query.limit ?? 50}`;
  return rows.map(summaryOf);
}

/** Node runs that wait to be taken by a replica. */
export async function countQueued(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from node_runs where state = 'queued'`;
  return row?.count ?? 0;
}

/** The nodes and results of an operation as its agent answers a replay of the command. */
export async function readForReplay(
  sql: Sql,
  op: string,
): Promise<{
  readonly nodes: readonly string[];
  readonly ended: readonly { node: string; result: NodeResult }[];
  readonly code: number;
  readonly finishedAt: string | null;
}> {
  const rows = await sql<{ node: string; result: NodeResult | null }[]>`
    select node, result from node_runs where op = ${op} order by ordinal`;
  const [operation] = await sql<{ finishedAt: string | null; failedCount: number }[]>`
    select ${instant(sql, sql`o.finished_at`)} as "finishedAt", o.failed_count as "failedCount"
    from operations o where op = ${op}`;
  return {
    nodes: rows.map(({ node }) => node),
    ended: rows.flatMap(({ node, result }) => (result ? [{ node, result }] : [])),
    code: operation?.failedCount ?? 0,
    finishedAt: operation?.finishedAt ?? null,
  };
}
