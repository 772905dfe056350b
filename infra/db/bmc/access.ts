import type { Sql } from "../connect.ts";
import { takeHolds } from "./holds.ts";

/** A node, and the BMC that its power is behind, by address and port. */
export interface BmcKey {
  readonly node: string;
  readonly bmc: string;
}

/** What stands for and against asking a BMC. */
export interface BmcFacts {
  /** The password, sealed to the reboot agent's key; null if none is recorded. Only that agent's role may read it. */
  readonly sealedPassword: string | null;
  /** Nothing answered there: it is left alone until `retryAt`. */
  readonly outage: { readonly triedAt: Date; readonly retryAt: Date; readonly isOver: boolean } | null;
  /** It refused a credential of this node. */
  readonly refusal: { readonly digest: string; readonly reason: string; readonly refusedAt: Date } | null;
}

/** Reads the facts of so many BMCs, in the order asked for; whoever talks to one goes on to. */
export async function readBmcFacts(sql: Sql, keys: readonly BmcKey[]): Promise<readonly BmcFacts[]> {
  const rows = await sql<FactsRow[]>`select ${factColumns(sql)} from ${keysWithFacts(sql, keys)} order by k.place`;
  return rows.map(factsOf);
}

/** A BMC that is about to be asked. */
export interface BmcQuestion extends BmcKey {
  /** This replica talks to it already: it need not be taken. */
  readonly isHeld: boolean;
}

/** The facts of a BMC, and whose it is now. */
export interface TakenBmc extends BmcFacts {
  /** Another replica talks to it: this one must wait. */
  readonly isElsewhere: boolean;
}

/** Takes so many BMCs for `owner`, as far as they are free, and reads their facts, in one statement and in the order asked for. */
export async function takeBmcs(sql: Sql, owner: string, keys: readonly BmcQuestion[]): Promise<readonly TakenBmc[]> {
  const toTake = keys.filter(({ isHeld }) => !isHeld).map(({ bmc }) => bmc);
  const rows = await sql<(FactsRow & { isElsewhere: boolean })[]>`
    with holds as (${takeHolds(sql, owner, toTake)})
    select coalesce(h.owner <> ${owner}, false) as "isElsewhere", ${factColumns(sql)}
    from ${keysWithFacts(sql, keys)} left join holds h on h.bmc = k.bmc
    order by k.place`;
  return rows.map(({ isElsewhere, ...row }) => ({ isElsewhere, ...factsOf(row) }));
}

const factColumns = (sql: Sql) => sql`
  c.sealed_password as "sealedPassword", o.tried_at as "triedAt", o.retry_at as "retryAt",
  o.retry_at <= clock_timestamp() as "isOver", r.digest, r.reason, r.refused_at as "refusedAt"`;

/** The keys as `k`, in the order of `k.place`, and what is recorded for each. */
const keysWithFacts = (sql: Sql, keys: readonly BmcKey[]) => sql`
  unnest(${keys.map(({ node }) => node)}::text[], ${keys.map(({ bmc }) => bmc)}::text[])
    with ordinality as k(node, bmc, place)
  left join registry.bmc_credentials c on c.node = k.node
  left join reboot.bmc_outages o on o.bmc = k.bmc
  left join reboot.refused_credentials r on r.node = k.node`;

interface FactsRow {
  readonly sealedPassword: string | null;
  readonly triedAt: Date | null;
  readonly retryAt: Date | null;
  readonly isOver: boolean | null;
  readonly digest: string | null;
  readonly reason: string | null;
  readonly refusedAt: Date | null;
}

function factsOf({ sealedPassword, triedAt, retryAt, isOver, digest, reason, refusedAt }: FactsRow): BmcFacts {
  return {
    sealedPassword,
    outage: triedAt && retryAt ? { triedAt, retryAt, isOver: isOver ?? false } : null,
    refusal: digest && reason && refusedAt ? { digest, reason, refusedAt } : null,
  };
}

/** Nothing answered at a BMC: it is left alone for `holdMs`. True if it was not so already. */
export async function openOutage(sql: Sql, bmc: string, holdMs: number): Promise<boolean> {
  const [row] = await sql<{ isNew: boolean }[]>`
    insert into reboot.bmc_outages (bmc, tried_at, retry_at)
    values (${bmc}, now(), now() + make_interval(secs => ${holdMs / 1_000}::float8))
    on conflict (bmc) do update set tried_at = excluded.tried_at, retry_at = excluded.retry_at
    returning xmax = 0 as "isNew"`;
  return row?.isNew ?? false;
}

/**
 * Whether the caller is the one to try a BMC again whose time has come: one of all that ask, over all replicas. Should it
 * die over that, the next try is due after another `holdMs`.
 */
export async function claimRetry(sql: Sql, bmc: string, holdMs: number): Promise<boolean> {
  const claimed = await sql`
    update reboot.bmc_outages set retry_at = clock_timestamp() + make_interval(secs => ${holdMs / 1_000}::float8)
    where bmc = ${bmc} and retry_at <= clock_timestamp() returning bmc`;
  return claimed.length > 0;
}

export async function endOutage(sql: Sql, bmc: string): Promise<void> {
  await sql`delete from reboot.bmc_outages where bmc = ${bmc}`;
}

/** A BMC refused the node's credential, told by its digest: no replica tries that one again. */
export async function refuseCredential(sql: Sql, node: string, digest: string, reason: string): Promise<void> {
  await sql`
    insert into reboot.refused_credentials (node, digest, reason, refused_at)
    values (${node}, ${digest}, ${reason}, now())
    on conflict (node) do update set digest = excluded.digest, reason = excluded.reason, refused_at = excluded.refused_at`;
}

/** The node's credential was taken. */
export async function forgetRefusal(sql: Sql, node: string): Promise<void> {
  await sql`delete from reboot.refused_credentials where node = ${node}`;
}
