import type { NodeState } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** What decides how a node boots next. */
export interface BootFacts {
  readonly node: string;
  /** What is selected for it. */
  readonly boot: "disk" | "loader" | "wait";
  /** With `loader`: the load, and the newest state that its ramdisk reported, null before the first. */
  readonly loadId: string | null;
  readonly loadState: NodeState | null;
  /** It was asked to leave PXEWAIT, and has not booted since. */
  readonly isWoken: boolean;
  /** The loader that its type names; null: that of all others. */
  readonly loader: string | null;
}

/** Of the node that has both this address and this MAC; undefined if there is none. */
export async function readBootFacts(sql: Sql, address: string, mac: string): Promise<BootFacts | undefined> {
  const [facts] = await sql<BootFacts[]>`
    select n.name as node, coalesce(s.boot, 'disk') as boot, s.load_id as "loadId",
           (select r.state from boot.state_reports r
            where r.load_id = s.load_id and r.node = n.name order by r.id desc limit 1) as "loadState",
           exists (select from boot.wakeups w where w.node = n.name and ${isFresh(sql)}) as "isWoken",
           t.settings->>'loader' as loader
    from registry.nodes n join registry.node_types t on t.name = n.type left join reload.boot_selections s on s.node = n.name
    where n.address = ${address} and n.mac = ${mac}`;
  return facts;
}

/** A node that can boot over the network. */
export interface NetbootNode {
  readonly node: string;
  readonly address: string;
  readonly mac: string;
}

/** All nodes that can boot over the network, by name. */
export async function readNetbootNodes(sql: Sql): Promise<readonly NetbootNode[]> {
  return await sql<NetbootNode[]>`
    select name as node, address, mac from registry.nodes where mac is not null order by name`;
}

/** A wake-up that is older found nobody who waited. */
const isFresh = (sql: Sql) => sql`w.requested_at > now() - interval '10 minutes'`;

/** Marks nodes as asked to leave PXEWAIT; gives those that the inventory has. */
export async function requestWakeups(sql: Sql, nodes: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ node: string }[]>`
    insert into boot.wakeups (node)
    select name from registry.nodes where name = any(${nodes as string[]}) order by name
    on conflict (node) do update set requested_at = now() returning node`;
  return rows.map(({ node }) => node);
}

/** Which of these nodes are asked to leave PXEWAIT. */
export async function readWakeups(sql: Sql, nodes: readonly string[]): Promise<ReadonlyMap<string, true>> {
  const rows = await sql<{ node: string }[]>`
    select w.node from boot.wakeups w where w.node = any(${nodes as string[]}) and ${isFresh(sql)}`;
  return new Map(rows.map(({ node }) => [node, true]));
}
