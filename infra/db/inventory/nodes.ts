import {
  type NodeState,
  type NodeSummary,
  type NodesAnswer,
  type NodesQuery,
  maxPageRows,
} from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** A free node that is not clean so long after it was freed is stuck. */
const stuckAfterMinutes = 30;

/** One page of the inventory by name. Groups: `all`, `free`, a node type, a circuit, a group of nodes, `project/experiment`. */
export async function readNodes(sql: Sql, query: NodesQuery): Promise<NodesAnswer> {
  const names = query.nodelist && [...new Set(query.nodelist.map((name) => name.toLowerCase()))];
  const { group } = query;
  const [project = "", experiment = ""] = group?.includes("/") ? group.split("/") : [];
  const inGroup =
    group === undefined || group === "all"
      ? sql`true`
      : group === "free"
        ? sql`n.project is null`
        : sql`(n.type = ${group} or n.circuit = ${group}
          or n.name = any(select unnest(nodes) from registry.node_groups where name = ${group}) or (n.project = ${project} and n.experiment = ${experiment}))`;
  const rows = await sql<NodeRow[]>`
    select n.name as node, n.type, n.project, n.experiment, n.circuit, s.state, s.since, l.root_op as holder,
           f.freed_at as "freedAt",
           f.freed_at < clock_timestamp() - make_interval(mins => ${stuckAfterMinutes}) as "isStuck",
           case when n.project is not null then a.state end as allocation
    from registry.nodes n
         left join registry.freed_nodes f on f.node = n.name
         left join setup.allocation_states a on a.node = n.name
         left join registry.node_states s on s.node = n.name
         left join ledger.node_locks l on l.node = n.name
    where ${names ? sql`n.name = any(${names})` : sql`true`} and ${inGroup} and n.name > ${query.after ?? ""}
    order by n.name limit ${maxPageRows}`;
  const last = rows.length === maxPageRows ? rows.at(-1)?.node : undefined;
  return {
    nodes: rows.map(summaryOf),
    unknown: names && query.after === undefined ? await unknownOf(sql, names) : [],
    groupKnown:
      group === undefined || rows.length > 0 || query.after !== undefined || group === "all" || group === "free",
    ...(last === undefined ? {} : { next: last }),
  };
}

interface NodeRow {
  readonly node: string;
  readonly type: string;
  readonly project: string | null;
  readonly experiment: string | null;
  readonly circuit: string | null;
  readonly state: NodeState | null;
  readonly since: Date | null;
  readonly holder: string | null;
  readonly freedAt: Date | null;
  readonly isStuck: boolean | null;
  readonly allocation: NodeSummary["allocation"] | null;
}

function summaryOf(row: NodeRow): NodeSummary {
  return {
    node: row.node,
    type: row.type,
    ...(row.project && row.experiment ? { experiment: `${row.project}/${row.experiment}` } : {}),
    ...(row.circuit ? { circuit: row.circuit } : {}),
    ...(row.state ? { state: row.state } : {}),
    ...(row.since ? { stateSince: row.since.toISOString() } : {}),
    ...(row.freedAt ? { uncleanSince: row.freedAt.toISOString(), stuck: row.isStuck === true } : {}),
    ...(row.allocation ? { allocation: row.allocation } : {}),
    ...(row.holder ? { holder: row.holder } : {}),
  };
}

async function unknownOf(sql: Sql, names: readonly string[]): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from unnest(${names as string[]}::text[]) as name
    where not exists (select from registry.nodes n where n.name = name.name)`;
  return rows.map(({ name }) => name);
}
