import type { NatsConnection } from "@nats-io/transport-node";
import { StateChange, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";
import {
  type Sql,
  applyReport,
  clearCleaned,
  noteTimeouts,
  readNodeState,
  readUnappliedReports,
} from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import type { AgentMetrics } from "../runtime/metrics.ts";
import { transition } from "./states/machine.ts";

/** Reports that the bus lost are looked for in the boot agent's table so often, milliseconds. */
const catchUpEveryMs = 10_000;

export interface FollowStatesOptions {
  readonly connection: NatsConnection;
  readonly site: string;
  readonly sql: Sql;
  readonly log: Log;
  readonly metrics: Pick<AgentMetrics, "countOddState">;
}

/**
 * Keeps every node's state and history from what nodes report. One report at a time, so that a node's states follow each
 * other; a report that two replicas see is applied once.
 */
export function followStates({ connection, site, sql, log, metrics }: FollowStatesOptions): { close(): Promise<void> } {
  let work: Promise<void> = Promise.resolve();
  let isClosing = false;

  async function apply(change: StateChange): Promise<void> {
    const before = await readNodeState(sql, change.node);
    const verdict = transition(before, change);
    const isNews = await applyReport(sql, change, verdict);
    if (!isNews || verdict.isExpected) return;
    const { node, state: to } = change;
    metrics.countOddState(to, "unexpected");
    log.warn({ node, from: before?.state, to, mode: verdict.mode }, "a node's state was not expected");
  }

  function enqueue(job: () => Promise<void>): void {
    work = work.then(job).catch((err: unknown) => log.warn({ err }, "node states cannot be kept up; trying on"));
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const missed = await readUnappliedReports(sql);
      for (const change of missed) await apply(change);
      if (missed.length === 0 || isClosing) return;
    }
  }

  /** Told, and nothing else: only the operation that owns a node restarts it. */
  async function tellTimeouts(): Promise<void> {
    for (const { node, mode, state, since } of await noteTimeouts(sql)) {
      metrics.countOddState(state, "timeout");
      log.warn({ node, mode, state, since }, "a node has been in a state for longer than it should");
    }
    const cleaned = await clearCleaned(sql);
    if (cleaned.length > 0) log.info({ nodes: cleaned }, "free nodes have their default image again");
  }

  const subscription = connection.subscribe(subjectsOf(site).state("*"), {
    queue: "registry",
    callback: (error, message) => {
      if (error) return;
      const parsed = parseJson(message.string());
      if (!parsed.ok || !hasShape(StateChange, parsed.value)) return;
      const change = parsed.value;
      enqueue(() => apply(change));
    },
  });
  enqueue(catchUp);
  const catchingUp = setInterval(() => {
    enqueue(catchUp);
    enqueue(tellTimeouts);
  }, catchUpEveryMs);
  return {
    async close() {
      isClosing = true;
      clearInterval(catchingUp);
      if (!connection.isClosed()) await subscription.drain();
      await work;
    },
  };
}
