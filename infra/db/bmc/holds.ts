import type { Sql } from "../connect.ts";
import { leaseS } from "../ledger/claim.ts";

/**
 * Part of a statement: takes the BMCs for `owner`, each that no other replica talks to, and gives whose each is then. One that
 * is another's is marked as wanted. Whether that replica is alive, the leases of its runs tell; until those can be seen by
 * everybody, the hold's own time does.
 */
export function takeHolds(sql: Sql, owner: string, bmcs: readonly string[]) {
  return sql`
    insert into reboot.bmc_holds as h (bmc, owner, until)
    select bmc, ${owner}, clock_timestamp() + make_interval(secs => ${leaseS})
    from (select distinct bmc from unnest(${bmcs as string[]}::text[]) as b(bmc)) as asked order by bmc
    on conflict (bmc) do update set (owner, until, is_wanted) = (
      select case when is_theirs then h.owner else excluded.owner end,
             case when is_theirs then h.until else excluded.until end, is_theirs
      from (select h.owner <> excluded.owner and (h.until > clock_timestamp() or exists (
              select from node_runs r where r.lease_owner = h.owner and r.state in ('leased', 'firing')
                and r.lease_until > clock_timestamp())) as is_theirs) as judged
    )
    returning bmc, owner`;
}

/** Gives BMCs up that this replica talks to no more; gives those of its BMCs that others wait for. */
export async function giveUpHolds(sql: Sql, owner: string, bmcs: readonly string[]): Promise<readonly string[]> {
  // Locked in the order in which they are taken: else one who takes and one who gives up could wait for each other.
  const wanted = await sql<{ bmc: string }[]>`
    with given as (
      select bmc from reboot.bmc_holds where bmc = any(${bmcs as string[]}::text[]) and owner = ${owner}
      order by bmc for update
    ), gone as (
      delete from reboot.bmc_holds h using given g where h.bmc = g.bmc
    )
    select bmc from reboot.bmc_holds
    where owner = ${owner} and is_wanted and bmc <> all(${bmcs as string[]}::text[])`;
  return wanted.map(({ bmc }) => bmc);
}
