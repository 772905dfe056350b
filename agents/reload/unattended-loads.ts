import {
  type Sql,
  type UnattendedEnd,
  concludeLoads,
  disarmLoads,
  isUnreachable,
  readImageRows,
  readUnattendedEnds,
} from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import { repeat } from "../runtime/repeat.ts";

/** How often ends of unattended loads are looked for, milliseconds; a node boots its disk meanwhile all the same. */
const lookEveryMs = 2_000;

/**
 * Concludes loads that no operation waits for any more (`waitmode: none`, `noreboot`): what such a node wrote is recorded,
 * and its boot selection goes back to the disk. A load that failed is given up: it has no retry. Every replica does
 * this; to do it twice changes nothing.
 */
export function concludeUnattended(sql: Sql, log: Log): { stop(): Promise<void> } {
  async function look(): Promise<void> {
    const ends = await readUnattendedEnds(sql);
    if (ends.length === 0) return;
    const names = [...new Set(ends.flatMap(({ plan }) => plan.images.map(({ image }) => image)))];
    const rows = new Map((await readImageRows(sql, names)).map((row) => [row.image, row]));
    const isWhole = ({ state, loaded, plan }: UnattendedEnd) =>
      state === "RELOADDONE" &&
      plan.images.every(({ image, manifestSha256 }, index) => {
        const row = rows.get(image);
        // An image that was replaced or removed meanwhile has left no digest to compare with.
        const isKnown = row?.manifestSha256 === manifestSha256;
        return loaded?.[index]?.image === image && (!isKnown || loaded[index].sha256 === row.rawSha256);
      });
    for (const end of ends.filter((each) => !isWhole(each))) {
      const { node, loadId, state, failure } = end;
      log.warn({ node, loadId, state, failure }, "a load that nobody waits for came to nothing");
    }
    await concludeLoads(
      sql,
      ends.filter(isWhole).map(({ node, loadId, loaded, plan }) => ({
        ...{ node, loadId, images: loaded ?? [] },
        partitions:
          rows.get(plan.images.findLast(({ partition }) => partition === undefined)?.image ?? "")?.partitions ?? null,
      })),
    );
    await disarmLoads(
      sql,
      ends.filter((end) => !isWhole(end)),
    );
  }

  return repeat(look, {
    everyMs: lookEveryMs,
    onFault: (err) => {
      if (isUnreachable(err)) log.warn({ err }, "the database is away; unattended loads are concluded later");
      else log.error({ err }, "unattended loads could not be concluded");
    },
  });
}
