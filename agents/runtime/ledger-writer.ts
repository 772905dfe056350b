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

/** How long a writer that is to close waits for a database that is away, milliseconds. */
const closeWithinMs = 3_000;

/**
 * Writes run changes in batches. A change's promise settles when it is committed: true if it took, false if the run is
 * another replica's by now. While the database is away changes wait; nothing is given up before `close`.
 */
export interface LedgerWriter {
  write(change: RunChange): Promise<boolean>;
  /**
   * From now on a database that stays away for 3 s is not waited for: what it lacks another replica reads back when the
   * leases have ended. Changes are still taken.
   */
  close(): void;
  /** Settles when all that was given is written or let go. */
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
  let givesUpAtMs = Number.POSITIVE_INFINITY;

  async function recordUntilDone(changes: readonly RunChange[]): Promise<Recorded> {
    for (let tries = 0; ; tries++) {
      try {
        return await record(sql, owner, changes);
      } catch (error) {
        if (!isUnreachable(error) && !wasUndone(error)) throw error;
        if (performance.now() > givesUpAtMs) throw error;
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
        // A fault of ours, or closing without a database. The runs are let go; another replica takes them when their leases end.
        log.error({ err: error, changes: changes.length }, "what was to be written is not in the ledger");
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
    close: () => {
      givesUpAtMs = performance.now() + closeWithinMs;
    },
    drain: async () => {
      while (flushing) await flushing;
    },
  };
}
