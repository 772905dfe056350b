import { createHash } from "node:crypto";
import type { Reveille } from "../../bus/index.ts";
import { type Sql, isUnreachable, readFreed } from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import { repeat } from "../runtime/repeat.ts";

/** So often it is looked which free nodes are to be loaded, milliseconds. */
const lookEveryMs = 5_000;
/** A load that came to nothing is asked for again after so long, milliseconds. */
const tryAgainAfterMs = 10 * 60_000;

export interface CleanFreedNodesOptions {
  readonly sql: Sql;
  readonly reveille: Pick<Reveille, "submit">;
  readonly log: Log;
  readonly now?: () => number;
}

/**
 * Has free nodes loaded with their default image that their last experiment left with another. The registry says which;
 * the reload agent lets this agent load those and no other. Every replica asks: the operation's id follows from the node, when
 * it was freed and the time, so that it is one operation. The registry takes the mark away when the image is on the disk.
 */
export function cleanFreedNodes(options: CleanFreedNodesOptions): { stop(): Promise<void> } {
  const { sql, reveille, log, now = Date.now } = options;

  async function look(): Promise<void> {
    for (const { node, image, freedAt } of await readFreed(sql)) {
      const op = cleaningOpOf(node, freedAt, Math.floor(now() / tryAgainAfterMs));
      const operation = await reveille.submit("reload", { nodelist: [node], images: [image] }, { op });
      const { refusal } = operation;
      operation.detach();
      if (refusal) log.warn({ node, image, ...refusal }, "a free node cannot be loaded; trying again later");
      else log.info({ node, image, op }, "a free node is loaded with its default image");
    }
  }

  return repeat(look, {
    everyMs: lookEveryMs,
    onFault: (err) => {
      if (!isUnreachable(err)) log.error({ err }, "free nodes could not be looked after; trying on");
    },
  });
}

/** The same for every replica, and another one for every try. */
export function cleaningOpOf(node: string, freedAt: Date, nth: number): string {
  return createHash("sha256").update(`cleaning ${node} ${freedAt.toISOString()} ${nth}`).digest("hex").slice(0, 32);
}
