import type { InboxPublisher } from "../../../bus/index.ts";
import type { NodeResult, Retry } from "../../../contracts/index.ts";
import {
  type Recorded,
  type RunChange,
  type Sql,
  type TouchedOperation,
  endQueued,
  runKey,
} from "../../../infra/db/index.ts";
import { type EarlyEnding, tooManyFailures } from "../early-ending.ts";
import type { Log } from "../log.ts";
import type { AgentMetrics } from "../metrics.ts";
import { unstartedResult } from "./unstarted-result.ts";

export interface RecordedPublisher {
  /** Tells the inboxes what was just committed: results, guests' results, and operations that have ended with it. */
  publish(recorded: Recorded, changes: readonly RunChange[]): void;
  /** Ends the nodes of an operation that nobody has started: it ends early, or too many have failed. */
  endUnstarted(op: string, ending: EarlyEnding): Promise<void>;
  /** Whether more of the operation's nodes have failed than it allows. */
  isOverFailures(op: string): boolean;
}

/** The way from the ledger to the inboxes: what was committed is told, and nothing is told that was not. */
export function createRecordedPublisher(options: {
  readonly sql: Sql;
  readonly publisher: InboxPublisher;
  readonly metrics: AgentMetrics;
  readonly log: Log;
  /** What is told of an operation's end beside its code; asked for once it has ended. */
  readonly retryOf?: (op: string) => Promise<Retry | undefined>;
}): RecordedPublisher {
  const { sql, publisher, metrics, log, retryOf } = options;
  const overFailures = new Set<string>();

  function tellResult(op: string, user: string, node: string, result: NodeResult): void {
    metrics.countNodeRun(result);
    publisher.event({ op, user }, { kind: "result", node, result });
  }

  function tellFinished({ op, user, failedCount }: TouchedOperation, finishedAt: string): void {
    const tell = (retry?: Retry) => publisher.finished({ op, user }, failedCount, finishedAt, retry);
    if (!retryOf || failedCount === 0) {
      tell();
      return;
    }
    retryOf(op).then(tell, (err: unknown) => {
      log.warn({ err, op }, "whether another try may help could not be told");
      tell();
    });
  }

  async function endUnstarted(op: string, { outcome, reason, ...more }: EarlyEnding): Promise<void> {
    const result = unstartedResult(outcome, reason, new Date().toISOString(), more);
    const { ended, operation } = await endQueued(sql, op, result);
    if (!operation) return;
    const { user, finishedAt } = operation;
    for (const { node, result } of ended) tellResult(op, user, node, result);
    if (finishedAt !== null) tellFinished(operation, finishedAt);
  }

  return {
    publish({ guests, operations, written }, changes) {
      const users = new Map(operations.map(({ op, user }) => [op, user]));
      for (const change of changes) {
        const user = users.get(change.op);
        if (!change.result || user === undefined || !written.has(runKey(change))) continue;
        tellResult(change.op, user, change.node, change.result);
      }
      for (const { op, node, result } of guests) {
        const user = users.get(op);
        if (user !== undefined) tellResult(op, user, node, result);
      }
      for (const operation of operations) {
        const { op, failedCount, maxFailures, finishedAt } = operation;
        if (finishedAt !== null) {
          overFailures.delete(op);
          tellFinished(operation, finishedAt);
        } else if (maxFailures !== null && failedCount > maxFailures && !overFailures.has(op)) {
          overFailures.add(op);
          endUnstarted(op, tooManyFailures).catch((err: unknown) =>
            log.error({ err, op }, "the wave could not be stopped"),
          );
        }
      }
    },
    endUnstarted,
    isOverFailures: (op) => overFailures.has(op),
  };
}
