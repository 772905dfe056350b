import { type NodeState, type StateChange, type StateReport, wireVersion } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

interface ReportRow {
  readonly id: number;
  readonly node: string;
  readonly state: NodeState;
  readonly bootId: string | null;
  readonly reportedBy: "address" | "token";
  readonly reportedAt: Date;
}

const columns = (sql: Sql) =>
  sql`id::int8::float8 as id, node, state, boot_id as "bootId", reported_by as "reportedBy", reported_at as "reportedAt"`;

function changeOf({ bootId, reportedAt, ...row }: ReportRow): StateChange {
  return { v: wireVersion, ...row, ...(bootId ? { bootId } : {}), reportedAt: reportedAt.toISOString() };
}

/** Commits what a node reported; what is then published is this very row. */
export async function addReport(
  sql: Sql,
  node: string,
  report: StateReport,
  reportedBy: "address" | "token",
): Promise<StateChange> {
  const [row] = await sql<ReportRow[]>`
    insert into boot.state_reports (node, state, boot_id, reported_by, detail)
    values (${node}, ${report.state}, ${report.bootId ?? null}, ${reportedBy}, ${report.detail ?? null})
    returning ${columns(sql)}`;
  if (!row) throw new Error(`the report of ${node} was not returned by its insert`);
  return changeOf(row);
}

/** The node that lives at an address, or undefined for a stranger (or an address that two nodes share). */
export async function readNodeAt(sql: Sql, address: string): Promise<string | undefined> {
  const rows = await sql<{ name: string }[]>`select name from registry.nodes where address = ${address} limit 2`;
  return rows.length === 1 ? rows[0]?.name : undefined;
}

/** Each node's newest report, for nodes that have one. */
export async function readLatestReports(sql: Sql, nodes: readonly string[]): Promise<readonly StateChange[]> {
  const rows = await sql<ReportRow[]>`
    select r.* from unnest(${nodes as string[]}::text[]) as wanted(name),
    lateral (select ${columns(sql)} from boot.state_reports where node = wanted.name order by id desc limit 1) as r`;
  return rows.map(changeOf);
}

/** Everything that was reported after `afterId`, oldest first, at most 1,000: how a reader catches up. */
export async function readReportsAfter(sql: Sql, afterId: number): Promise<readonly StateChange[]> {
  const rows = await sql<ReportRow[]>`
    select ${columns(sql)} from boot.state_reports where id > ${afterId} order by id limit 1000`;
  return rows.map(changeOf);
}
