import type { NodeState, StateChange } from "../../../contracts/index.ts";
import type { Sql } from "../connect.ts";
import { type ReportRow, changeOf, reportColumns } from "../states/report-row.ts";

/** A boot into the ramdisk: for which load, and the SHA-256 of the token that it is given, hexadecimal. */
export interface LoaderBoot {
  readonly loadId: string;
  readonly tokenSha256: string;
}

/**
 * A node asked what to boot, and gets an answer: commits the states that it passes through thereby. Whatever ran on the
 * node before is over: the token of an earlier boot counts no more, and a wake-up has done its work.
 */
export async function beginBoot(
  sql: Sql,
  node: string,
  { states, loader }: { readonly states: readonly NodeState[]; readonly loader?: LoaderBoot },
): Promise<readonly StateChange[]> {
  const rows = await sql<ReportRow[]>`
    with woken as (delete from boot.wakeups where node = ${node}),
    ${
      loader
        ? sql`booted as (
            insert into boot.ramdisk_boots (node, token_sha256, load_id)
            values (${node}, ${loader.tokenSha256}, ${loader.loadId})
            on conflict (node) do update
            set token_sha256 = excluded.token_sha256, load_id = excluded.load_id, booted_at = now())`
        : sql`over as (delete from boot.ramdisk_boots where node = ${node})`
    }
    insert into boot.state_reports (node, state, reported_by)
    select ${node}, state, 'address' from unnest(${states as NodeState[]}::text[]) with ordinality as s (state, at)
    order by at returning ${reportColumns(sql)}`;
  return rows.map(changeOf);
}
