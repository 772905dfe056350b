import type { InboxPublisher } from "../../../bus/index.ts";
import type { NodeResult } from "../../../contracts/index.ts";
import { type Recorded, type RunChange, type Sql, endQueued, runKey } from "../../../infra/db/index.ts";
import type { Log } from "../log.ts";
import type { AgentMetrics } from "../metrics.ts";
import { unstartedResult } from "./unstarted-result.ts";

export interface RecordedPublisher {
  /** Tells the inboxes what was just committed: results, guests' results, and operations that have ended with it. */
  publish(recorded: Recorded, changes: readonly RunChange[]): void;
  /** Ends the nodes of an operation that nobody has started: it was cancelled, or too many have failed. */
  endUnstarted(op: string, reason: "cancelled-by-user" | "too-many-failures"): Promise<void>;
  /** Whether more of the operation's nodes have failed than it allows. */
  isOverFailures(op: string): boolean;
}

/** The way from the ledger to the inboxes: what was committed is told, and nothing is told that was not. */
export function createRecordedPublisher(options: {
  readonly sql: Sql;
  readonly publisher: InboxPublisher;
  readonly metrics: AgentMetrics;
  readonly log: Log;
}): RecordedPublisher {
  const { sql, publisher, metrics, log } = options;
  const overFailures = new Set<string>();

  function tellResult(op: string, user: string, node: string, result: NodeResult): void {
    metrics.countNodeRun(result);
    publisher.event({ op, user }, { kind: "result", node, result });
  }

  async function endUnstarted(op: string, reason: "cancelled-by-user" | "too-many-failures"): Promise<void> {
    const outcome = reason === "cancelled-by-user" ? "cancelled" : "skipped";
    const { ended, operation } = await endQueued(sql, op, unstartedResult(outcome, reason, new Date().toISOString()));
    if (!operation) return;
    const { user, finishedAt, failedCount } = operation;
    for (const { node, result } of ended) tellResult(op, user, node, result);
    if (finishedAt !== null) publisher.finished({ op, user }, failedCount, finishedAt);
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
      for (const { op, user, failedCount, maxFailures, finishedAt } of operations) {
        if (finishedAt !== null) {
          overFailures.delete(op);
          publisher.finished({ op, user }, failedCount, finishedAt);
        } else if (maxFailures !== null && failedCount > maxFailures && !overFailures.has(op)) {
          overFailures.add(op);
          endUnstarted(op, "too-many-failures").catch((err: unknown) =>
            log.error({ err, op }, "the wave could not be stopped"),
          );
        }
      }
    },
    endUnstarted,
    isOverFailures: (op) => overFailures.has(op),
  };
}
