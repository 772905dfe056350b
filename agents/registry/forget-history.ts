import { type Sql, forgetHistory, isUnreachable } from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import { repeat } from "../runtime/repeat.ts";

const forgetEveryMs = 600_000;
/** How long the history of nodes is kept unless the registry's configuration says otherwise, days. */
const defaultKeepDays = 90;

export interface ForgetOldHistoryOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly keepHistoryDays?: number | undefined;
}

/** Forgets what nodes reported long ago, a little at a time. Every replica does this; each row is found by one of them. */
export function forgetOldHistory(options: ForgetOldHistoryOptions): { stop(): Promise<void> } {
  const { sql, log, keepHistoryDays = defaultKeepDays } = options;

  async function forget(): Promise<void> {
    const { reports, entries } = await forgetHistory(sql, keepHistoryDays);
    if (reports + entries > 0) log.info({ reports, entries, keepHistoryDays }, "old history of nodes was forgotten");
  }

  return repeat(forget, {
    everyMs: forgetEveryMs,
    atOnce: true,
    onFault: (err) => {
      if (!isUnreachable(err)) log.error({ err }, "old history of nodes could not be forgotten; trying on");
    },
  });
}
