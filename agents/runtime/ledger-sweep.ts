import { type Sql, cancelOfRevoked, forgetEnded, isUnreachable, readOverdue } from "../../infra/db/index.ts";
import type { Log } from "./log.ts";
import { repeat } from "./repeat.ts";

/** So often it is looked whether somebody's rights or an operation's time ended, and what may be forgotten, milliseconds. */
const revokedEveryMs = 2_000;
const overdueEveryMs = 1_000;
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
  /** The deadline of an operation has passed; told until it has ended. */
  readonly onOverdue: (op: string, deadlineAt: Date) => Promise<void>;
}

/**
 * Keeps an agent's ledger in order: cancels what a user who is gone or revoked has running, ends what is overdue, and forgets
 * operations that ended long ago. Every replica sweeps; one that is cancelled or forgotten is found by one of them, one that
 * is overdue by all: each ends what it has of it.
 */
export function startLedgerSweep(options: LedgerSweepOptions): { stop(): Promise<void> } {
  const { sql, log, asksOthers, keepOperationsDays = defaultKeepDays, onCancel, onOverdue } = options;

  async function cancelRevoked(): Promise<void> {
    for (const { op, user } of await cancelOfRevoked(sql)) {
      log.warn({ op, user }, "an operation is cancelled: its user may do nothing any more");
      await onCancel(op);
    }
  }

  async function endOverdue(): Promise<void> {
    for (const { op, deadlineAt } of await readOverdue(sql)) await onOverdue(op, deadlineAt);
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
    repeat(endOverdue, { everyMs: overdueEveryMs, onFault }),
    repeat(forget, { everyMs: forgetEveryMs, onFault }),
  ];
  return {
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()));
    },
  };
}
