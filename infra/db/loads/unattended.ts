import type { BootPlan, LoadFailure, LoadedImage } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** The end of a load that no node run waits for any more, as its ramdisk reported it. */
export interface UnattendedEnd {
  readonly node: string;
  readonly loadId: string;
  readonly plan: BootPlan;
  readonly state: "RELOADDONE" | "TBFAILED";
  readonly loaded: readonly LoadedImage[] | null;
  readonly failure: LoadFailure | null;
}

/** Ends of unattended loads that are not concluded yet, at most 1,000. */
export async function readUnattendedEnds(sql: Sql): Promise<readonly UnattendedEnd[]> {
  return sql<UnattendedEnd[]>`
    select s.node, s.load_id as "loadId", s.plan, e.state, e.loaded, e.failure
    from boot_selections s join node_runs r on r.op = s.op and r.node = s.node and r.state = 'done',
    lateral (
      select state, loaded, failure from boot.state_reports b
      where b.node = s.node and b.load_id = s.load_id and b.state in ('RELOADDONE', 'TBFAILED') order by b.id desc limit 1
    ) as e
    where s.boot = 'loader' limit 1000`;
}

/** Those of the nodes that a load which nobody waits for may be writing, each with the operation that began it. */
export async function readUnattendedLoads(sql: Sql, nodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ node: string; op: string }[]>`
    select node, op from reload.boot_selections
    where node = any(${nodes as string[]}) and boot = 'loader' and unattended_until > clock_timestamp()`;
  return new Map(rows.map(({ node, op }) => [node, op]));
}
