import type { StateChange, StateReport } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { type ReportRow, changeOf, reportColumns } from "./report-row.ts";

/** Who says it: the node's own address, or the ramdisk that was booted for a load, by its token. */
export type ReportOrigin = "address" | { readonly loadId: string };

/** Commits what a node reported; what is then published is this very row. */
export async function addReport(
  sql: Sql,
  node: string,
  report: StateReport,
  origin: ReportOrigin,
): Promise<StateChange> {
  const [reportedBy, loadId] = origin === "address" ? ["address", null] : ["token", origin.loadId];
  const { state, bootId = null, detail = null, loaded, failure = null } = report;
  const [row] = await sql<ReportRow[]>`
    insert into boot.state_reports (node, state, boot_id, reported_by, detail, load_id, loaded, failure)
    values (${node}, ${state}, ${bootId}, ${reportedBy}, ${detail}, ${loadId},
            ${loaded === undefined ? null : sql.json(loaded)}, ${failure})
    returning ${reportColumns(sql)}`;
  if (!row) throw new Error(`the report of ${node} was not returned by its insert`);
  return changeOf(row);
}

/** Whether a node booted anew since it last reported from the boot with that id: what that one still says comes too late. */
export async function isOfOlderBoot(sql: Sql, node: string, bootId: string): Promise<boolean> {
  const [row] = await sql<{ isOlder: boolean }[]>`
    select exists (
      select from boot.state_reports later
      where later.node = ${node}
        and later.id > (select max(id) from boot.state_reports where node = ${node} and boot_id = ${bootId})
        and (later.state = 'PXEBOOTING' or later.boot_id <> ${bootId})
    ) as "isOlder"`;
  return row?.isOlder ?? false;
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
    lateral (select ${reportColumns(sql)} from boot.state_reports where node = wanted.name order by id desc limit 1) as r`;
  return rows.map(changeOf);
}

/**
 * Reports that are in no node's history yet, oldest first, at most 1,000: the bus lost them. Looked for among those
 * newer than the last one applied and the 1,000 before it, and only of nodes that the inventory still has.
 */
export async function readUnappliedReports(sql: Sql): Promise<readonly StateChange[]> {
  const rows = await sql<ReportRow[]>`
    select ${reportColumns(sql)} from boot.state_reports r
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
      select ${reportColumns(sql)} from boot.state_reports
      where node = wanted.name and boot.state_reports.id > wanted.after_id order by boot.state_reports.id limit 1000
    ) as r order by r.id limit 10000`;
  return rows.map(changeOf);
}
