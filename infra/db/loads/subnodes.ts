import type { Sql } from "../connect.ts";
import { roleOf } from "../roles.ts";

/** Those of the nodes built into `node` that an operation of the reload agent holds; a load that nobody waits for holds none. */
export async function readLoadingSubnodes(sql: Sql, node: string): Promise<readonly string[]> {
  const holder = roleOf("reload");
  const rows = await sql<{ name: string }[]>`
    select s.name from registry.nodes s
    where s.subnode_of = ${node}
      and (exists (select from ledger.node_locks l where l.node = s.name and l.holder = ${holder})
        or exists (select from ledger.child_locks c where c.node = s.name and c.holder = ${holder}))
    order by s.name`;
  return rows.map(({ name }) => name);
}
