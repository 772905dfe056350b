import type { NatsConnection } from "@nats-io/transport-node";
import { StateChange, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";
import {
  type Sql,
  applyReports,
  clearCleaned,
  noteTimeouts,
  readNodeStates,
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
 * Keeps every node's state and history from what nodes report. Whatever came while the last was written is one statement; a
 * node's states follow each other all the same, and a report that two replicas see is applied once.
 */
export function followStates({ connection, site, sql, log, metrics }: FollowStatesOptions): { close(): Promise<void> } {
  let work: Promise<void> = Promise.resolve();
  let isClosing = false;
  const arrived: StateChange[] = [];

  async function apply(changes: readonly StateChange[]): Promise<void> {
    const standings = new Map(await readNodeStates(sql, [...new Set(changes.map(({ node }) => node))]));
    const judged = changes
      .toSorted((a, b) => a.id - b.id)
      .map((change) => {
        const before = standings.get(change.node);
        const verdict = transition(before, change);
        const isNewest = !before || before.reportId < change.id;
        if (isNewest) standings.set(change.node, { ...verdict, reportId: change.id });
        return { ...change, ...verdict, isNewest, from: before?.state };
      });
    const news = await applyReports(sql, judged);
    for (const { id, node, from, state: to, mode, isExpected, isNewest } of judged) {
      if (isExpected || !isNewest || !news.has(id)) continue;
      metrics.countOddState(to, "unexpected");
      log.warn({ node, from, to, mode }, "a node's state was not expected");
    }
  }

  function enqueue(job: () => Promise<void>): void {
    work = work.then(job).catch((err: unknown) => log.warn({ err }, "node states cannot be kept up; trying on"));
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const missed = await readUnappliedReports(sql);
      if (missed.length > 0) await apply(missed);
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
      if (arrived.length === 0) enqueue(() => apply(arrived.splice(0)));
      arrived.push(parsed.value);
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
