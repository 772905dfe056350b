import type { NodeTypeOverrides } from "../../../contracts/index.ts";
import type postgres from "postgres";
import type { Sql } from "../connect.ts";
import { type EarlyEnd, earlyEndOf } from "./early-end.ts";
import { type CircuitLimit, defaultCircuitLimit } from "./pace.ts";

/** A node run that this replica holds until its lease ends, with what the inventory says of the node. */
export interface ClaimedRun {
  readonly op: string;
  readonly node: string;
  /** The user on whose share it runs. */
  readonly chargedTo: string;
  /** A write with an older fence than the row's changes nothing. */
  readonly fence: number;
  /** What an earlier replica did and saw; null for a fresh run. */
  readonly progress: unknown;
  /** True if an earlier replica died after it had written `firing`: its power action may have left. */
  readonly wasFiring: boolean;
  readonly address: string;
  /** Null: as its type says. */
  readonly liveness: string | null;
  readonly sshPort: number;
  readonly sshHostKey: string | null;
  readonly power: unknown;
  readonly settings: NodeTypeOverrides;
  /** What the node's circuit bears; null for a node without one, or on one that is not paced. */
  readonly circuitLimit: CircuitLimit | null;
  /** For a virtual node: the machine that it lives on. */
  readonly host: {
    readonly node: string;
    readonly address: string;
    readonly sshPort: number;
    readonly sshHostKey: string | null;
  } | null;
  /** Other nodes are built into it. */
  readonly hasSubnodes: boolean;
}

/** An operation as the worker needs it; its list of nodes is left out. */
export interface RunOperation {
  readonly op: string;
  readonly verb: string;
  readonly user: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  /** Null for never. */
  readonly deadlineAt: Date | null;
  /** It was cancelled, or was to be done, before it was read; null where it goes on. */
  readonly endsBy: EarlyEnd | null;
  /** Some of its virtual nodes end with their hosts. */
  readonly hasGuests: boolean;
}

/** How long a lease lasts without renewal, seconds: so long after its death another takes over a replica's nodes. */
export const leaseS = 5;

/** How a replica's room is shared out: a user may hold `perFree` times as many runs as there are free places then. */
export interface Shares {
  readonly perFree: number;
  /** Places that are free now. */
  readonly free: number;
  /** How many runs of each user the replica holds. */
  readonly held: ReadonlyMap<string, number>;
}

/** For a replica that keeps no place free. */
const unbounded: Shares = { perFree: 1, free: 1_000_000_000, held: new Map() };

/**
 * Takes up to `limit` runs whose time has come, and raises their fence. Users who have any queued get the same number each,
 * those first of whom the replica holds least; a user's own go in the order of admission, then of the operation. It may take
 * less than it could: ask again until it takes none. Any number of replicas may ask at once: each row goes to one of
 * them, and nobody waits.
 */
export async function claim(
  sql: Sql,
  owner: string,
  limit: number,
  { perFree, free, held }: Shares = unbounded,
): Promise<readonly ClaimedRun[]> {
  // Who has anything queued is found by hopping from user to user along the index, whatever the length of the queue. Each takes
  // only so much that what it then holds, and what the others take likewise, still leaves the places free that it is measured by.
  const queued = sql`
    with recursive users as (
      (select charged_to from node_runs where state = 'queued' order by charged_to limit 1)
      union all
      select (select r.charged_to from node_runs r where r.state = 'queued' and r.charged_to > u.charged_to
              order by r.charged_to limit 1)
      from users u where u.charged_to is not null
    ), shares as materialized (
      select u.charged_to, coalesce(h.count, 0) as held,
             least(ceil((${perFree * free}::float8 - coalesce(h.count, 0)) / (1 + ${perFree}::float8 * count(*) over ())),
                   ceil(${limit}::float8 / count(*) over ()))::int as share
      from users u left join unnest(${[...held.keys()]}::text[], ${[...held.values()]}::int[]) as h(charged_to, count) using (charged_to)
      where u.charged_to is not null and coalesce(h.count, 0) < ${perFree * free}::float8
      order by held, random()
    )
    select q.place, 'queued' as state from shares s cross join lateral (
      select r.ctid as place from node_runs r
      where r.state = 'queued' and r.charged_to = s.charged_to and r.not_before <= now()
      order by r.not_before, r.ordinal limit s.share for update skip locked
    ) q limit ${limit}`;
  return take(sql, owner, queued);
}

/** The same for runs that a replica left behind when it died. */
export async function claimAbandoned(sql: Sql, owner: string, limit: number): Promise<readonly ClaimedRun[]> {
  const abandoned = sql`
    select ctid as place, state from node_runs
    where state in ('leased', 'firing') and lease_until < clock_timestamp()
    limit ${limit} for update skip locked`;
  return take(sql, owner, abandoned);
}

async function take(
  sql: Sql,
  owner: string,
  /** Rows that are locked: their place, and the state that they were in. */
  picked: postgres.PendingQuery<postgres.Row[]>,
): Promise<readonly ClaimedRun[]> {
  return sql<ClaimedRun[]>`
    with picked as materialized (${picked}),
    taken as (
      -- What was in firing stays so until its new holder says otherwise: should that one let go at once, the next waits too.
      update node_runs r
      set state = case p.state when 'firing' then 'firing' else 'leased' end, fence = r.fence + 1, lease_owner = ${owner},
          lease_until = clock_timestamp() + make_interval(secs => ${leaseS})
      from picked p where r.ctid = p.place
      returning r.op, r.node, r.charged_to, r.fence, r.progress, r.ordinal, p.state = 'firing' as "wasFiring"
    )
    select t.op, t.node, t.charged_to as "chargedTo", t.fence, t.progress, t."wasFiring", n.address, n.liveness, n.ssh_port as "sshPort",
           n.ssh_host_key as "sshHostKey", n.power, ty.settings,
           case when n.circuit is null or (c.name is not null and c.max_power_ons is null) then null
             else json_build_object('circuit', n.circuit, 'maxPowerOns', coalesce(c.max_power_ons, ${defaultCircuitLimit.maxPowerOns}::int),
               'windowS', coalesce(c.window_s, ${defaultCircuitLimit.windowS}::float8)) end as "circuitLimit",
           case when h.name is null then null else json_build_object('node', h.name, 'address', h.address,
             'sshPort', h.ssh_port, 'sshHostKey', h.ssh_host_key) end as host,
           exists (select from registry.nodes s where s.subnode_of = n.name) as "hasSubnodes"
    from taken t join registry.nodes n on n.name = t.node join registry.node_types ty on ty.name = n.type
         left join registry.nodes h on h.name = n.host
         left join registry.circuits c on c.name = n.circuit
    order by t.ordinal`;
}

/** Which claim of a run is meant: a later one has a higher fence. */
export type HeldClaim = Pick<ClaimedRun, "op" | "node" | "fence">;

/** Renews every lease of this replica; gives the claims it still has, and the operations among them that end early. */
export async function renew(
  relaxedSql: Sql,
  owner: string,
): Promise<{ readonly held: readonly HeldClaim[]; readonly ending: ReadonlyMap<string, EarlyEnd> }> {
  // A run that is just being written is skipped: waiting for it while others wait for us could lock both up, and its
  // lease lasts for some more renewals.
  const rows = await relaxedSql<(HeldClaim & { endsBy: EarlyEnd | null })[]>`
    with renewable as materialized (
      select ctid as place from node_runs where lease_owner = ${owner} and state in ('leased', 'firing')
      for no key update skip locked
    ), renewed as (
      update node_runs r set lease_until = clock_timestamp() + make_interval(secs => ${leaseS})
      from renewable n where r.ctid = n.place
    )
    select r.op, r.node, r.fence, ${earlyEndOf(relaxedSql)} as "endsBy"
    from node_runs r join operations o on o.op = r.op
    where r.lease_owner = ${owner} and r.state in ('leased', 'firing')`;
  const ending = new Map(rows.flatMap(({ op, endsBy }) => (endsBy === null ? [] : [[op, endsBy] as const])));
  return { held: rows.map(({ op, node, fence }) => ({ op, node, fence })), ending };
}

/**
 * Gives runs back, all of them or these, for another replica to take at once: a clean stop hands its nodes over. Only for
 * runs that nobody here drives any more: one in `firing` is not waited for, but its progress says what was begun, and
 * whoever takes it reads back what the power action did.
 */
export async function handBack(sql: Sql, owner: string, runs?: readonly HeldClaim[]): Promise<void> {
  const [ops, nodes, fences] = [
    runs?.map(({ op }) => op),
    runs?.map(({ node }) => node),
    runs?.map((run) => run.fence),
  ];
  const meant = runs
    ? sql`and (op, node, fence) in (
        select * from unnest(${ops ?? []}::text[], ${nodes ?? []}::text[], ${fences ?? []}::int[]))`
    : sql``;
  await sql`
    update node_runs
    set state = 'queued', lease_owner = null, lease_until = clock_timestamp()
    where lease_owner = ${owner} and state in ('leased', 'firing') ${meant}`;
}

export async function readOperations(sql: Sql, ops: readonly string[]): Promise<readonly RunOperation[]> {
  return sql<RunOperation[]>`
    select op, verb, user_name as "user", args - 'nodelist' as args, deadline_at as "deadlineAt",
           ${earlyEndOf(sql)} as "endsBy", to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt",
           exists (select from node_runs r where r.op = o.op and r.waits_for is not null) as "hasGuests"
    from operations o where op = any(${ops as string[]})`;
}
