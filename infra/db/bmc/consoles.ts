import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { roleOf } from "../roles.ts";

/** A node whose console an operation may have followed: it holds the node. */
export interface ConsoleTarget {
  readonly node: string;
  readonly power: unknown;
  readonly settings: NodeTypeOverrides;
}

/** A console that is followed on an operation's behalf. */
export interface ConsoleKey {
  readonly node: string;
  readonly op: string;
}

/** Those of the nodes that the reload agent's operation holds. */
export async function readConsoleTargets(
  sql: Sql,
  op: string,
  nodes: readonly string[],
): Promise<readonly ConsoleTarget[]> {
  const held = await readHeld(
    sql,
    nodes.map((node) => ({ node, op })),
  );
  return sql<ConsoleTarget[]>`
    select n.name as node, n.power, ty.settings
    from registry.nodes n join registry.node_types ty on ty.name = n.type
    where n.name = any(${held.map(({ node }) => node)}::text[])`;
}

/** Those whose operation, the reload agent's, still holds the node: as its root, or on its parent's behalf. */
export async function readHeld(sql: Sql, keys: readonly ConsoleKey[]): Promise<readonly ConsoleKey[]> {
  const holder = roleOf("reload");
  const rows = await sql<ConsoleKey[]>`
    select k.node, k.op from unnest(${keys.map(({ node }) => node)}::text[], ${keys.map(({ op }) => op)}::text[]) as k(node, op)
    where exists (select from ledger.node_locks l where l.node = k.node and l.root_op = k.op and l.holder = ${holder})
       or exists (select from ledger.child_locks c where c.node = k.node and c.op = k.op and c.holder = ${holder})`;
  return [...rows];
}

/** Keeps what the consoles have shown last. */
export async function keepConsoles(
  sql: Sql,
  consoles: readonly (ConsoleKey & { readonly text: string })[],
): Promise<void> {
  await sql`
    insert into reboot.consoles (node, op, text)
    select * from unnest(${consoles.map(({ node }) => node)}::text[], ${consoles.map(({ op }) => op)}::text[],
                         ${consoles.map(({ text }) => text)}::text[])
    on conflict (node) do update set op = excluded.op, text = excluded.text, at = now()`;
}

/** What the node's console has shown last while the operation had it followed; undefined if that was nothing. */
export async function readConsole(sql: Sql, { node, op }: ConsoleKey): Promise<string | undefined> {
  const [row] = await sql<{ text: string }[]>`
    select text from reboot.consoles where node = ${node} and op = ${op}`;
  return row?.text;
}
