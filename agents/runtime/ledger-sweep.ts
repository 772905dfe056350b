import { type Sql, cancelOfRevoked, forgetEnded, isUnreachable } from "../../infra/db/index.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";

/** So often it is looked whether somebody's rights ended, and what may be forgotten, milliseconds. */
const revokedEveryMs = 2_000;
const forgetEveryMs = 60_000;
/** How long an ended operation is kept unless the agent's configuration says otherwise, days. */
const defaultKeepDays = 90;

export interface LedgerSweepOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly keepOperationsDays?: number | undefined;
  /** The agent asks others for parts of its operations. */
  readonly asksOthers: boolean;
  /** An operation was marked as to be cancelled: its user may do nothing any more. */
  readonly onCancel: (op: string) => Promise<void>;
}

/**
 * Keeps an agent's ledger in order: cancels what a user who is gone or revoked has running, and forgets operations that
 * ended long ago. Every replica sweeps; each operation is found by one of them.
 */
export function startLedgerSweep(options: LedgerSweepOptions): { stop(): Promise<void> } {
  const { sql, log, asksOthers, keepOperationsDays = defaultKeepDays, onCancel } = options;

  async function cancelRevoked(): Promise<void> {
    for (const { op, user } of await cancelOfRevoked(sql)) {
      log.warn({ op, user }, "an operation is cancelled: its user may do nothing any more");
      await onCancel(op);
    }
  }

  async function forget(): Promise<void> {
    const count = await forgetEnded(sql, { keepDays: keepOperationsDays, asksOthers });
    if (count > 0) log.info({ count, keepOperationsDays }, "ended operations were forgotten");
  }

  const onFault = (err: unknown): void => {
    if (!isUnreachable(err)) log.error({ err }, "the ledger could not be swept; trying on");
  };
  const jobs = [
    repeat(cancelRevoked, { everyMs: revokedEveryMs, onFault }),
    repeat(forget, { everyMs: forgetEveryMs, onFault }),
  ];
  return {
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()));
    },
  };
}
