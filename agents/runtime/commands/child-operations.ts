import { setTimeout as sleep } from "node:timers/promises";
import { type Operation, type Reveille, newOpId } from "../../../bus/index.ts";
import {
  type ActingVerb,
  type ArgsOf,
  type NodeResult,
  type NodeSelection,
  type RefusalReason,
  isRetryable,
} from "../../../contracts/index.ts";
import { type ChildOperation, type Sql, addChildOperation, readChildOperations } from "../../../infra/db/index.ts";
import { createGatherer } from "../gather.ts";
import type { Log } from "../log.ts";
import type { RunEnds } from "../run-ends.ts";

/** What one node of an operation needs another agent to do. */
export interface ChildRequest<V extends ActingVerb = ActingVerb> {
  readonly parentOp: string;
  readonly verb: V;
  readonly args: Omit<ArgsOf<V>, keyof NodeSelection>;
  readonly node: string;
  /** The how-manieth time the parent asks this of this node, from 1: an earlier replica may have asked already. */
  readonly nth: number;
  /**
   * How long it may take from the asking to its end, its wait for others included, seconds; left out, as long as the parent
   * may. The command carries the instant, and the agent that is asked keeps to it: what it has not begun by then, it never does.
   */
  readonly withinS?: number;
  /** False for a run that nobody drove before: then nobody has asked. */
  readonly mayExist: boolean;
}

/** The run on whose behalf something is asked for, as far as it decides how long its end is awaited. */
type Asking = Pick<RunEnds, "signal" | "earlySignal" | "earlyEnding">;

/** What came of it for the node, and in which operation of the other agent. */
export type ChildEnd =
  | { readonly kind: "ended"; readonly op: string; readonly result: NodeResult }
  | { readonly kind: "refused"; readonly op: string; readonly reason: RefusalReason; readonly detail: string };

/**
 * What an agent asks of another over the bus, with its own identity, on the behalf of an operation that it drives. Nodes
 * that become ready at about the same time go in one command. Each command is in the ledger before it is published, so
 * that a replica that takes a node over asks for the very same again and finds what there is of it: nothing is ever done twice.
 */
export interface ChildOperations {
  /**
   * Resolves with the node's end, which is awaited whatever happens: as long as the child may act, its parent holds the node.
   * When the run is cancelled, the child is; a deadline of the run's own is the child's too. When `signal` aborts, rejects
   * with its reason, and the child goes on. Rejects, too, while the ledger is away.
   */
  ask<V extends ActingVerb>(request: ChildRequest<V>, run: Asking): Promise<ChildEnd>;
}

export interface ChildOperationsOptions {
  readonly sql: Sql;
  /** The agent's own place on the bus. */
  readonly reveille: Pick<Reveille, "submit">;
  readonly log: Log;
  /** How long an agent that is away or overloaded is waited for, milliseconds; default 60 s. */
  readonly patienceMs?: number;
}

/** Nodes that become ready one upon the other go in one command, milliseconds. */
const together = { quietMs: 20, atMostMs: 100 };
const defaultPatienceMs = 60_000;
/** Between two tries to reach an agent that is away, milliseconds. */
const retryPauseMs = 1_000;

/** A child that this replica follows. */
interface Followed {
  readonly child: ChildOperation;
  readonly ends: Map<string, ChildEnd>;
  readonly waiters: Map<string, Set<(end: ChildEnd) => void>>;
  operation?: Operation;
  isCancelled: boolean;
}

export function createChildOperations(options: ChildOperationsOptions): ChildOperations {
  const { sql, reveille, log, patienceMs = defaultPatienceMs } = options;
  const followed = new Map<string, Followed>();

  /** Follows a child from now on: its command is sent (again), and what comes of each node told to those who wait. */
  function follow(child: ChildOperation): Followed {
    const known = followed.get(child.op);
    if (known) return known;
    const entry: Followed = { child, ends: new Map(), waiters: new Map(), isCancelled: false };
    followed.set(child.op, entry);
    void run(entry)
      .catch((err: unknown) => {
        log.error({ err, child: child.op }, "a child operation could not be followed");
        endAll(entry, { reason: "internal-error", detail: err instanceof Error ? err.message : String(err) });
      })
      .finally(() => followed.delete(child.op));
    return entry;
  }

  async function run(entry: Followed): Promise<void> {
    const operation = await submit(entry);
    if (operation.refusal) {
      endAll(entry, operation.refusal);
      return;
    }
    entry.operation = operation;
    if (entry.isCancelled) void operation.cancel();
    for await (const event of operation) {
      if (event.kind === "result") settle(entry, event.node, { kind: "ended", op: operation.id, result: event.result });
    }
  }

  /** Sends the command until it is admitted or refused for good; sent twice, it is one operation. */
  async function submit({ child }: Followed): Promise<Operation> {
    const { op, parentOp, verb, args, deadlineAt } = child;
    const options = { op, parentOp, ...(deadlineAt === null ? {} : { deadlineAt }) };
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      const operation = await reveille.submit(verb, args as ArgsOf<typeof verb>, options);
      const { refusal } = operation;
      if (!refusal || !isRetryable(refusal.reason) || performance.now() > untilMs) return operation;
      log.warn({ child: op, reason: refusal.reason }, "another agent cannot take a command now; trying on");
      await sleep(retryPauseMs);
    }
  }

  function settle(entry: Followed, node: string, end: ChildEnd): void {
    entry.ends.set(node, end);
    for (const resolve of entry.waiters.get(node) ?? []) resolve(end);
    entry.waiters.delete(node);
  }

  function endAll(entry: Followed, refusal: { readonly reason: RefusalReason; readonly detail: string }): void {
    const end: ChildEnd = { kind: "refused", op: entry.child.op, ...refusal };
    for (const node of entry.child.args.nodelist) if (!entry.ends.has(node)) settle(entry, node, end);
  }

  function cancel(entry: Followed): void {
    if (entry.isCancelled) return;
    entry.isCancelled = true;
    void entry.operation?.cancel();
  }

  function endOf(entry: Followed, node: string, run: Asking): Promise<ChildEnd> {
    const { signal, earlySignal } = run;
    const ended = entry.ends.get(node);
    if (ended) return Promise.resolve(ended);
    return new Promise((resolve, reject) => {
      const waiters = entry.waiters.get(node) ?? new Set();
      entry.waiters.set(node, waiters);
      const onEarly = () => {
        if (run.earlyEnding?.reason === "cancelled-by-user") cancel(entry);
      };
      const stop = () => {
        waiters.delete(take);
        signal.removeEventListener("abort", onAbort);
        earlySignal.removeEventListener("abort", onEarly);
      };
      const take = (end: ChildEnd) => {
        stop();
        resolve(end);
      };
      const onAbort = () => {
        stop();
        reject(signal.reason as Error);
      };
      waiters.add(take);
      signal.addEventListener("abort", onAbort, { once: true });
      earlySignal.addEventListener("abort", onEarly, { once: true });
      if (signal.aborted) onAbort();
      else onEarly();
    });
  }

  const begin = createGatherer<ChildRequest, Followed>({
    ...together,
    deed: async (requests) => {
      const existing = await findExisting(sql, requests);
      const fresh = gatherAlike(requests.filter((request) => !existing.has(request)));
      const begun = new Map<ChildRequest, ChildOperation>(existing);
      for (const alike of fresh) {
        const child = childOf(alike);
        await addChildOperation(sql, child);
        for (const request of alike) begun.set(request, child);
      }
      return (request) => {
        const child = begun.get(request);
        if (!child) throw new Error(`nobody was asked for what ${request.node} needs`);
        return follow(child);
      };
    },
  });

  /** A replica that lost the node just now may have asked for it a moment ago: then ours is busy with it, and it counts. */
  async function siblingOf(request: ChildRequest, end: ChildEnd): Promise<ChildOperation | undefined> {
    const holder = end.kind === "ended" && end.result.outcome === "busy" ? end.result.evidence?.holder : undefined;
    if (holder === undefined) return undefined;
    return (await readChildOperations(sql, request.parentOp)).find(({ op }) => op === holder);
  }

  return {
    async ask(request, run) {
      for (let entry = await begin(request); ;) {
        const end = await endOf(entry, request.node, run);
        const sibling = await siblingOf(request, end);
        if (!sibling || sibling.op === end.op) return end;
        entry = follow(sibling);
      }
    },
  };
}

/** The children that an earlier replica asked for, by request. */
async function findExisting(
  sql: Sql,
  requests: readonly ChildRequest[],
): Promise<ReadonlyMap<ChildRequest, ChildOperation>> {
  const found = new Map<ChildRequest, ChildOperation>();
  const asked = requests.filter(({ mayExist }) => mayExist);
  for (const parentOp of new Set(asked.map((request) => request.parentOp))) {
    const children = await readChildOperations(sql, parentOp);
    for (const request of asked.filter((each) => each.parentOp === parentOp)) {
      const own = children.filter(({ verb, args }) => verb === request.verb && args.nodelist.includes(request.node));
      const child = own[request.nth - 1];
      if (child) found.set(request, child);
    }
  }
  return found;
}

/** Requests that one command can hold: of one parent, one verb, the same arguments, the same time for it. */
function gatherAlike(requests: readonly ChildRequest[]): readonly (readonly [ChildRequest, ...ChildRequest[]])[] {
  const groups = new Map<string, [ChildRequest, ...ChildRequest[]]>();
  for (const request of requests) {
    const key = JSON.stringify([request.parentOp, request.verb, request.nth, request.withinS, request.args]);
    const group = groups.get(key);
    if (group) group.push(request);
    else groups.set(key, [request]);
  }
  return [...groups.values()];
}

function childOf(alike: readonly [ChildRequest, ...ChildRequest[]]): ChildOperation {
  const [{ parentOp, verb, args, withinS }] = alike;
  const nodelist = alike.map(({ node }) => node).sort();
  const deadlineAt = withinS === undefined ? null : new Date(Date.now() + withinS * 1_000);
  return { op: newOpId(), parentOp, verb, args: { ...args, nodelist }, deadlineAt };
}
