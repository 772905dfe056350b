import type { NatsConnection } from "@nats-io/transport-node";
import { StateChange, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";
import { type Sql, applyReport, readNodeState, readUnappliedReports } from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import { isExpected } from "./transitions.ts";

/** Reports that the bus lost are looked for in the boot agent's table so often, milliseconds. */
const catchUpEveryMs = 10_000;

/**
 * Keeps every node's state and history from what nodes report. One report at a time, so that a node's states follow each
 * other; a report that two replicas see is applied once.
 */
export function followStates(connection: NatsConnection, site: string, sql: Sql, log: Log): { close(): Promise<void> } {
  let work: Promise<void> = Promise.resolve();
  let isClosing = false;

  async function apply(change: StateChange): Promise<void> {
    const before = await readNodeState(sql, change.node);
    const expected = isExpected(before?.state, change.state);
    const isNews = await applyReport(sql, change, expected);
    if (isNews && !expected) {
      log.warn({ node: change.node, from: before?.state, to: change.state }, "a node's state was not expected");
    }
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
  const catchingUp = setInterval(() => enqueue(catchUp), catchUpEveryMs);
  return {
    async close() {
      isClosing = true;
      clearInterval(catchingUp);
      if (!connection.isClosed()) await subscription.drain();
      await work;
    },
  };
}
