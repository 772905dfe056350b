import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import type postgres from "postgres";
import type { Sql } from "../connect.ts";

/** A node run that this replica holds until its lease ends, with what the inventory says of the node. */
export interface ClaimedRun {
  readonly op: string;
  readonly node: string;
  /** A write with an older fence than the row's changes nothing. */
  readonly fence: number;
  /** What an earlier replica did and saw; null for a fresh run. */
  readonly progress: unknown;
  /** True if an earlier replica died after it had written `firing`: its power action may have left. */
  readonly wasFiring: boolean;
  readonly address: string;
  readonly liveness: string;
  readonly sshPort: number;
  readonly sshHostKey: string | null;
  readonly power: unknown;
  readonly settings: NodeTypeOverrides;
  /** For a virtual node: the machine that it lives on. */
  readonly host: {
    readonly node: string;
    readonly address: string;
    readonly sshPort: number;
    readonly sshHostKey: string | null;
  } | null;
}

/** An operation as the worker needs it; its list of nodes is left out. */
export interface RunOperation {
  readonly op: string;
  readonly verb: string;
  readonly user: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** How long a lease lasts without renewal, seconds: so long after its death another takes over a replica's nodes. */
export const leaseS = 5;

/**
 * Takes up to `limit` runs whose time has come, queued ones or those whose holder's lease ended, and raises their fence.
 * Any number of replicas may ask at once: each row goes to one of them, and nobody waits.
 */
export async function claim(sql: Sql, owner: string, limit: number): Promise<readonly ClaimedRun[]> {
  const queued = sql`
    select op, node, state from reboot.node_runs
    where state = 'queued' and not_before <= now()
    order by not_before, ordinal limit ${limit} for update skip locked`;
  return take(sql, owner, queued);
}

/** The same for runs that a replica left behind when it died. */
export async function claimAbandoned(sql: Sql, owner: string, limit: number): Promise<readonly ClaimedRun[]> {
  const abandoned = sql`
    select op, node, state from reboot.node_runs
    where state in ('leased', 'firing') and lease_until < clock_timestamp()
    limit ${limit} for update skip locked`;
  return take(sql, owner, abandoned);
}

async function take(
  sql: Sql,
  owner: string,
  picked: postgres.PendingQuery<postgres.Row[]>,
): Promise<readonly ClaimedRun[]> {
  return sql<ClaimedRun[]>`
    with picked as materialized (${picked}),
    taken as (
      update reboot.node_runs r
      set state = 'leased', fence = r.fence + 1, lease_owner = ${owner},
          lease_until = clock_timestamp() + make_interval(secs => ${leaseS})
      from picked p where r.op = p.op and r.node = p.node
      returning r.op, r.node, r.fence, r.progress, r.ordinal, p.state = 'firing' as "wasFiring"
    )
    select t.op, t.node, t.fence, t.progress, t."wasFiring", n.address, n.liveness, n.ssh_port as "sshPort",
           n.ssh_host_key as "sshHostKey", n.power, ty.settings,
           case when h.name is null then null else json_build_object('node', h.name, 'address', h.address,
             'sshPort', h.ssh_port, 'sshHostKey', h.ssh_host_key) end as host
    from taken t join registry.nodes n on n.name = t.node join registry.node_types ty on ty.name = n.type
         left join registry.nodes h on h.name = n.host
    order by t.ordinal`;
}

/** Renews every lease of this replica; gives the runs it still holds and the operations among them that were cancelled. */
export async function renew(
  relaxedSql: Sql,
  owner: string,
): Promise<{
  readonly held: readonly { readonly op: string; readonly node: string }[];
  readonly cancelled: readonly string[];
}> {
  const rows = await relaxedSql<{ op: string; node: string; isCancelled: boolean }[]>`
    update reboot.node_runs r set lease_until = clock_timestamp() + make_interval(secs => ${leaseS})
    from reboot.operations o
    where r.lease_owner = ${owner} and r.state in ('leased', 'firing') and o.op = r.op
    returning r.op, r.node, o.cancel_requested_at is not null as "isCancelled"`;
  const cancelled = new Set(rows.filter((row) => row.isCancelled).map((row) => row.op));
  return { held: rows, cancelled: [...cancelled] };
}

/**
 * Gives runs back, for another replica to take at once: a clean stop hands its nodes over. One in `firing` stays so, with
 * its lease ended: whoever takes it reads back what the power action did.
 */
export async function handBack(sql: Sql, owner: string): Promise<void> {
  await sql`
    update reboot.node_runs
    set state = case when state = 'leased' then 'queued' else state end, lease_owner = null, lease_until = clock_timestamp()
    where lease_owner = ${owner} and state in ('leased', 'firing')`;
}

export async function readOperations(sql: Sql, ops: readonly string[]): Promise<readonly RunOperation[]> {
  return sql<RunOperation[]>`
    select op, verb, user_name as "user", args - 'nodelist' as args,
           to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
    from reboot.operations where op = any(${ops as string[]})`;
}
