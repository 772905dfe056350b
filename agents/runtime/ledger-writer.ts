import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import {
  type Recorded,
  type RunChange,
  type Sql,
  isUnreachable,
  record,
  runKey,
  wasUndone,
} from "../../infra/db/index.ts";
import { firstFiringBatch, nextFiringBatch } from "./firing-batch.ts";
import type { Log } from "./log.ts";

/** Whatever becomes ready within this time is one statement, milliseconds. */
const gatherMs = 2;
/** The most changes in one statement. */
const maxBatch = 1_000;
/** Pauses between tries while the database is away, milliseconds; the last one repeats. */
const retryPausesMs = [50, 100, 250, 500, 1_000] as const;

/** How long a writer that is to close waits for a database that is away, milliseconds. */
const closeWithinMs = 3_000;

/** How a change was written. */
export interface Written {
  /** False if the run is another replica's by now. */
  readonly took: boolean;
  /** Right before the statement was sent, on the clock of `performance.now()`: nobody can have read the change earlier. */
  readonly sentAtMs: number;
}

/**
 * Writes run changes in batches. A change's promise settles when it is committed. While the database is away changes wait;
 * nothing is given up before `close`. `firing`s go by themselves, over a connection of their own, as many at once as the ledger
 * has just been quick enough for: what follows them is in a hurry, and counts its time from the statement's beginning.
 */
export interface LedgerWriter {
  write(change: RunChange): Promise<Written>;
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
  /** What `firing`s are written through: a connection that nothing else queues at. */
  readonly urgentSql: Sql;
  readonly owner: string;
  readonly log: Log;
  /** Told what was committed, before the changes' promises settle. */
  readonly onRecorded: (recorded: Recorded, changes: readonly RunChange[]) => void;
}

interface Waiting {
  readonly change: RunChange;
  readonly settle: (written: Written) => void;
}

/** One row of batches, each written when the one before it is. */
interface Lane {
  readonly sql: Sql;
  readonly waiting: Waiting[];
  batchSize: number;
  /** Lets more changes come in, or those go on that the last batch was for. */
  readonly gather: () => Promise<unknown>;
  flushing?: Promise<void> | undefined;
}

export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  const { sql, urgentSql, owner, log, onRecorded } = options;
  const firings: Lane = { sql: urgentSql, waiting: [], batchSize: firstFiringBatch, gather: () => setImmediate() };
  const others: Lane = { sql, waiting: [], batchSize: maxBatch, gather: () => sleep(gatherMs) };
  let givesUpAtMs = Number.POSITIVE_INFINITY;

  async function recordUntilDone(
    lane: Lane,
    changes: readonly RunChange[],
  ): Promise<{ recorded: Recorded; sentAtMs: number }> {
    for (let tries = 0; ; tries++) {
      // Of several tries the last counts: had anybody taken a run over meanwhile, it would not take.
      const sentAtMs = performance.now();
      try {
        return { recorded: await record(lane.sql, owner, changes), sentAtMs };
      } catch (error) {
        if (!isUnreachable(error) && !wasUndone(error)) throw error;
        if (performance.now() > givesUpAtMs) throw error;
        if (tries === 0) log.warn({ err: error, changes: changes.length }, "the ledger cannot be written; trying on");
        await sleep(retryPausesMs[Math.min(tries, retryPausesMs.length - 1)]);
      }
    }
  }

  async function flush(lane: Lane): Promise<void> {
    await lane.gather();
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, lane.batchSize);
      const changes = batch.map(({ change }) => change);
      const beganAtMs = performance.now();
      try {
        const { recorded, sentAtMs } = await recordUntilDone(lane, changes);
        onRecorded(recorded, changes);
        for (const { change, settle } of batch) settle({ took: recorded.written.has(runKey(change)), sentAtMs });
      } catch (error) {
        // A fault of ours, or closing without a database. The runs are let go; another replica takes them when their leases end.
        log.error({ err: error, changes: changes.length }, "what was to be written is not in the ledger");
        for (const { settle } of batch) settle({ took: false, sentAtMs: performance.now() });
      }
      if (lane !== firings) continue;
      await lane.gather();
      // Measured once those that were let go have gone on: a busy process makes them late as a slow ledger does.
      lane.batchSize = nextFiringBatch(lane.batchSize, { count: batch.length, tookMs: performance.now() - beganAtMs });
    }
  }

  return {
    write: (change) =>
      new Promise((settle) => {
        const lane = change.state === "firing" ? firings : others;
        lane.waiting.push({ change, settle });
        lane.flushing ??= flush(lane).finally(() => (lane.flushing = undefined));
      }),
    close: () => {
      givesUpAtMs = performance.now() + closeWithinMs;
    },
    drain: async () => {
      while (firings.flushing ?? others.flushing) await Promise.all([firings.flushing, others.flushing]);
    },
  };
}
