import type { NodeResult } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

export type AllocationState = "setting-up" | "ready" | "down" | "dirty";

/** Records how far a setup has brought one node. */
export async function setAllocation(
  sql: Sql,
  { node, op, state }: { readonly node: string; readonly op: string; readonly state: AllocationState },
): Promise<void> {
  await sql`
    insert into setup.allocation_states (node, state, op) values (${node}, ${state}, ${op})
    on conflict (node) do update set state = excluded.state, op = excluded.op, since = now()`;
}

/** The results of an operation's nodes that did not succeed so far. */
export async function readFailures(sql: Sql, op: string): Promise<readonly NodeResult[]> {
  const rows = await sql<{ result: NodeResult }[]>`
    select result from setup.node_runs where op = ${op} and state = 'done' and (result->>'status')::int = 1`;
  return rows.map(({ result }) => result);
}

/** How one node of an operation ended, or null while it is under way; undefined if it is no part of it. */
export async function readRunResult(sql: Sql, op: string, node: string): Promise<NodeResult | null | undefined> {
  const [row] = await sql<{ result: NodeResult | null }[]>`
    select result from setup.node_runs where op = ${op} and node = ${node}`;
  return row?.result;
}

/** Records what an ended setup says of another try. */
export async function setRetry(sql: Sql, op: string, retry: "may-help" | "futile"): Promise<void> {
  await sql`update setup.operations set retry = ${retry} where op = ${op}`;
}

/** Setups that ended with failures, and whose replica died before it could say whether to try again. */
export async function readWithoutRetry(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ op: string }[]>`
    select op from setup.operations where finished_at is not null and failed_count > 0 and retry is null limit 100`;
  return rows.map(({ op }) => op);
}

/** Free nodes to be loaded with their default image, which no operation holds. */
export async function readFreed(
  sql: Sql,
): Promise<readonly { readonly node: string; readonly image: string; readonly freedAt: Date }[]> {
  const rows = await sql<{ node: string; image: string; freedAt: Date }[]>`
    select f.node, f.image, f.freed_at as "freedAt" from registry.freed_nodes f
    where not exists (select from ledger.node_locks l where l.node = f.node)
    order by f.freed_at, f.node limit 64`;
  return [...rows];
}
