import { setTimeout as sleep } from "node:timers/promises";
import {
  type Recorded,
  type RunChange,
  type Sql,
  isUnreachable,
  record,
  runKey,
  wasUndone,
} from "../../infra/db/index.ts";
import type { Log } from "./log.ts";

/** Whatever becomes ready within this time is one statement, milliseconds. */
const gatherMs = 2;
/** The most changes in one statement. */
const maxBatch = 1_000;
/** Pauses between tries while the database is away, milliseconds; the last one repeats. */
const retryPausesMs = [50, 100, 250, 500, 1_000] as const;

/**
 * Writes run changes in batches. A change's promise settles when it is committed: true if it took, false if the run is
 * another replica's by now. While the database is away changes wait; nothing is given up.
 */
export interface LedgerWriter {
  write(change: RunChange): Promise<boolean>;
  /** Settles when all that was given is written. */
  drain(): Promise<void>;
}

export interface LedgerWriterOptions {
  readonly sql: Sql;
  readonly owner: string;
  readonly log: Log;
  /** Told what was committed, before the changes' promises settle. */
  readonly onRecorded: (recorded: Recorded, changes: readonly RunChange[]) => void;
}

export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { sql, owner, log, onRecorded } = options;
  const waiting: { readonly change: RunChange; readonly settle: (took: boolean) => void }[] = [];
  let flushing: Promise<void> | undefined;

  async function recordUntilDone(changes: readonly RunChange[]): Promise<Recorded> {
    for (let tries = 0; ; tries++) {
      try {
        return await record(sql, owner, changes);
      } catch (error) {
        if (!isUnreachable(error) && !wasUndone(error)) throw error;
        if (tries === 0) log.warn({ err: error, changes: changes.length }, "the ledger cannot be written; trying on");
        await sleep(retryPausesMs[Math.min(tries, retryPausesMs.length - 1)]);
      }
    }
  }

  async function flush(): Promise<void> {
    await sleep(gatherMs);
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      const changes = batch.map(({ change }) => change);
      try {
        const recorded = await recordUntilDone(changes);
        onRecorded(recorded, changes);
        for (const { change, settle } of batch) settle(recorded.written.has(runKey(change)));
      } catch (error) {
        // A fault of ours. The runs are let go; another replica takes them when their leases end.
        log.error({ err: error, changes: changes.length }, "the ledger refused what was to be written");
        for (const { settle } of batch) settle(false);
      }
    }
  }

  return {
    write: (change) =>
      new Promise((settle) => {
        waiting.push({ change, settle });
        flushing ??= flush().finally(() => (flushing = undefined));
      }),
    drain: async () => {
      while (flushing) await flushing;
    },
  };
}
