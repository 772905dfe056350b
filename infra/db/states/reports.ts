import {
  type LoadFailure,
  type LoadedImage,
  type NodeState,
  type StateChange,
  type StateReport,
  wireVersion,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

interface ReportRow {
  readonly id: number;
  readonly node: string;
  readonly state: NodeState;
  readonly bootId: string | null;
  readonly reportedBy: "address" | "token";
  readonly detail: string | null;
  readonly loadId: string | null;
  readonly loaded: LoadedImage[] | null;
  readonly failure: LoadFailure | null;
  readonly reportedAt: Date;
}

const columns = (sql: Sql) =>
  sql`id::int8::float8 as id, node, state, boot_id as "bootId", reported_by as "reportedBy", detail, load_id as "loadId",
      loaded, failure, reported_at as "reportedAt"`;

function changeOf({ id, node, state, reportedBy, reportedAt, ...optional }: ReportRow): StateChange {
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null));
  return { v: wireVersion, id, node, state, reportedBy, ...known, reportedAt: reportedAt.toISOString() };
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

/**
 * Reports that are in no node's history yet, oldest first, at most 1,000: the bus lost them. Looked for among those
 * newer than the last one applied and the 1,000 before it, and only of nodes that the inventory still has.
 */
export async function readUnappliedReports(sql: Sql): Promise<readonly StateChange[]> {
  const rows = await sql<ReportRow[]>`
    select ${columns(sql)} from boot.state_reports r
    where id > (select coalesce(max(report_id), 0) - 1000 from registry.node_history)
      and not exists (select from registry.node_history h where h.report_id = r.id)
      and exists (select from registry.nodes n where n.name = r.node)
    order by id limit 1000`;
  return rows.map(changeOf);
}

/** What each node reported after the report that is named for it, oldest first, at most 1,000 a node and 10,000 in all. */
export async function readReportsOf(
  sql: Sql,
  wanted: readonly { readonly node: string; readonly afterId: number }[],
): Promise<readonly StateChange[]> {
  const [nodes, afterIds] = [wanted.map(({ node }) => node), wanted.map(({ afterId }) => afterId)];
  const rows = await sql<ReportRow[]>`
    select r.* from unnest(${nodes}::text[], ${afterIds}::int8[]) as wanted(name, after_id),
    lateral (
      select ${columns(sql)} from boot.state_reports
      where node = wanted.name and boot.state_reports.id > wanted.after_id order by boot.state_reports.id limit 1000
    ) as r order by r.id limit 10000`;
  return rows.map(changeOf);
}
