import type { Sql } from "../connect.ts";

/** What of a node a load depends on. */
export interface LoadTarget {
  readonly node: string;
  /** As the ramdisk calls it; null for its first. */
  readonly disk: string | null;
  /** Its type's; null if the type has none. */
  readonly defaultImage: string | null;
}

/** These nodes, those that are still in the inventory; in no order. */
export async function readLoadTargets(sql: Sql, nodes: readonly string[]): Promise<readonly LoadTarget[]> {
  return sql<LoadTarget[]>`
    select n.name as node, n.disk, t.default_image as "defaultImage"
    from registry.nodes n join registry.node_types t on t.name = n.type where n.name = any(${nodes as string[]})`;
}
