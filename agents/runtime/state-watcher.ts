import type { NatsConnection } from "@nats-io/transport-node";
import { StateChange, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";
import { type Sql, readLatestReports, readReportsOf } from "../../infra/db/index.ts";
import type { Log } from "./log.ts";

/** Lost messages are made up for from the boot agent's table so often, milliseconds. */
const catchUpEveryMs = 5_000;

/**
 * What booting nodes report, as it comes. Whoever waits registers before acting, so that a short state is not missed;
 * what the bus lost is read from the boot agent's table.
 */
export interface StateWatcher {
  /** A node's newest report, from the table. Asked for by many in one tick, it is one query. */
  latest(node: string): Promise<StateChange | undefined>;
  /** The first report after `afterId` for which `accept` gives something, or undefined at the deadline. Rejects on abort. */
  waitFor<T>(
    node: string,
    accept: (change: StateChange) => T | undefined,
    options: { readonly afterId: number; readonly deadlineAtMs: number; readonly signal: AbortSignal },
  ): Promise<T | undefined>;
  close(): Promise<void>;
}

interface Waiter {
  readonly afterId: number;
  readonly offer: (change: StateChange) => void;
}

export function createStateWatcher(connection: NatsConnection, site: string, sql: Sql, log: Log): StateWatcher {
  const waiters = new Map<string, Set<Waiter>>();
  let asked: {
    readonly node: string;
    readonly resolve: (change: StateChange | undefined) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  function offer(change: StateChange): void {
    for (const waiter of [...(waiters.get(change.node) ?? [])]) {
      if (change.id > waiter.afterId) waiter.offer(change);
    }
  }

  const subscription = connection.subscribe(subjectsOf(site).state("*"), {
    callback: (error, message) => {
      if (error) return;
      const parsed = parseJson(message.string());
      if (parsed.ok && hasShape(StateChange, parsed.value)) offer(parsed.value);
    },
  });

  /** Offers what the table has for nodes that are waited for: what the bus lost, or brought before anybody waited. */
  async function catchUp(nodes: readonly string[]): Promise<void> {
    const wanted = nodes.flatMap((node) => {
      const afterIds = [...(waiters.get(node) ?? [])].map(({ afterId }) => afterId);
      return afterIds.length === 0 ? [] : [{ node, afterId: Math.min(...afterIds) }];
    });
    if (wanted.length === 0) return;
    try {
      for (const change of await readReportsOf(sql, wanted)) offer(change);
    } catch (err) {
      log.warn({ err }, "cannot catch up on node states; trying on");
    }
  }
  const catchingUp = setInterval(() => void catchUp([...waiters.keys()]), catchUpEveryMs);

  const newlyWaiting: string[] = [];
  function catchUpSoon(node: string): void {
    if (newlyWaiting.length === 0) setImmediate(() => void catchUp(newlyWaiting.splice(0)));
    newlyWaiting.push(node);
  }

  async function answerAsked(): Promise<void> {
    const batch = asked;
    asked = [];
    try {
      const found = new Map(
        (await readLatestReports(sql, [...new Set(batch.map(({ node }) => node))])).map((change) => [
          change.node,
          change,
        ]),
      );
      for (const { node, resolve } of batch) resolve(found.get(node));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    latest: (node) =>
      new Promise((resolve, reject) => {
        if (asked.length === 0) setImmediate(() => void answerAsked());
        asked.push({ node, resolve, reject });
      }),
    waitFor: (node, accept, { afterId, deadlineAtMs, signal }) =>
      new Promise((resolve, reject) => {
        const set = waiters.get(node) ?? new Set<Waiter>();
        const waiter: Waiter = {
          afterId,
          offer: (change) => {
            const accepted = accept(change);
            if (accepted !== undefined) settle(() => resolve(accepted));
          },
        };
        const onAbort = () => settle(() => reject(signal.reason as Error));
        const timer = setTimeout(() => settle(() => resolve(undefined)), Math.max(0, deadlineAtMs - Date.now()));
        const settle = (conclude: () => void) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onAbort);
          set.delete(waiter);
          if (set.size === 0) waiters.delete(node);
          conclude();
        };
        if (signal.aborted) {
          clearTimeout(timer);
          reject(signal.reason as Error);
          return;
        }
        signal.addEventListener("abort", onAbort, { once: true });
        set.add(waiter);
        waiters.set(node, set);
        catchUpSoon(node);
      }),
    async close() {
      clearInterval(catchingUp);
      if (!connection.isClosed()) await subscription.drain();
    },
  };
}
