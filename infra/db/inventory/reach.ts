import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** How a node is reached: itself, and what controls its power. */
export interface ReachFacts {
  readonly node: string;
  readonly address: string;
  /** Null: as its type says. */
  readonly liveness: string | null;
  readonly power: unknown;
  readonly settings: NodeTypeOverrides;
  readonly host: string | null;
}

/** By name; nodes that are not there are left out. */
export async function readReachFacts(sql: Sql, nodes: readonly string[]): Promise<ReadonlyMap<string, ReachFacts>> {
  const rows = await sql<ReachFacts[]>`
    select n.name as node, n.address, n.liveness, n.power, t.settings, n.host
    from registry.nodes n join registry.node_types t on t.name = n.type where n.name = any(${nodes as string[]})`;
  return new Map(rows.map((row) => [row.node, row]));
}
