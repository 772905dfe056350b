import type { BootPlan } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";

/** The boot into the ramdisk that a token was given to. */
export interface RamdiskBoot {
  readonly node: string;
  /** Where its node's requests come from. */
  readonly address: string;
  readonly loadId: string;
  readonly tokenSha256: string;
  /** What it is to load; null once the node's boot selection is of another load, or none. */
  readonly plan: BootPlan | null;
}

/** The boot with that token, if it is the newest of its node; undefined for any other token. */
export async function readRamdiskBoot(sql: Sql, tokenSha256: string): Promise<RamdiskBoot | undefined> {
  const [boot] = await sql<RamdiskBoot[]>`
    select b.node, n.address, b.load_id as "loadId", b.token_sha256 as "tokenSha256", s.plan
    from boot.ramdisk_boots b join registry.nodes n on n.name = b.node
         left join reload.boot_selections s on s.node = b.node and s.load_id = b.load_id and s.boot = 'loader'
    where b.token_sha256 = ${tokenSha256}`;
  return boot;
}

/** The plan of each of these loads that is selected. */
export async function readPlans(sql: Sql, loadIds: readonly string[]): Promise<ReadonlyMap<string, BootPlan>> {
  const rows = await sql<{ loadId: string; plan: BootPlan }[]>`
    select load_id as "loadId", plan from reload.boot_selections
    where load_id = any(${loadIds as string[]}) and boot = 'loader' and plan is not null`;
  return new Map(rows.map(({ loadId, plan }) => [loadId, plan]));
}

/** Keeps the end of a ramdisk's log, for whoever tells why its load failed; the newest of each node alone. */
export async function keepBootLog(sql: Sql, { node, loadId }: RamdiskBoot, text: string): Promise<void> {
  await sql`
    insert into boot.boot_logs (node, load_id, text) values (${node}, ${loadId}, ${text})
    on conflict (node) do update set load_id = excluded.load_id, text = excluded.text, at = now()`;
}
