import type { Subscription } from "@nats-io/transport-node";
import {
  type ActingVerb,
  type InboxMessage,
  type NodeEvent,
  type RefusalReason,
  type Results,
  type Retry,
  refusedCode,
  retryOf,
} from "../../contracts/index.ts";
import { type AskOperation, catchUp, quietBeforeAsking } from "./catch-up.ts";
import { createEventStream } from "./event-stream.ts";
import { createResultsBook, replayOf } from "./results-book.ts";

export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** How an operation ended: -1 with a reason if it was refused as a whole, else how many nodes did not succeed. */
export interface OperationEnd {
  readonly code: number;
  readonly results: Results;
  /** Of a setup that did not succeed: whether to try again. */
  readonly retry?: Retry;
  readonly reason?: RefusalReason;
  readonly detail?: string;
}

/**
 * An admitted (or refused) command. It outlives this object: dropping it, or this process's death, changes nothing of
 * the work, and `attach(id)` finds it again from anywhere. Iterating gives each node's events, results known already
 * first, and ends when every node has its result.
 */
export interface Operation extends AsyncIterable<NodeEvent> {
  readonly id: string;
  readonly verb: ActingVerb;
  readonly user: string;
  /** 0 for a refused one. */
  readonly nodeCount: number;
  /** The nodes' names as the agent resolved them; empty for an attached operation, whose results name them. */
  readonly nodes: readonly string[];
  /** Set if the command was refused as a whole: nothing was touched. */
  readonly refusal?: Refusal;
  /** The results so far; grows. */
  readonly results: Results;
  /** The end, once every node has its result. An aborted signal rejects with its reason; the operation goes on. */
  wait(options?: { signal?: AbortSignal }): Promise<OperationEnd>;
  /** Ends what has not started; a node in the midst of a step finishes it first. */
  cancel(): Promise<{ readonly ok: true } | ({ readonly ok: false } & Refusal)>;
  /** Stops listening; `wait` and iterators then never end by themselves. */
  detach(): void;
}

export interface OperationParts {
  readonly id: string;
  readonly verb: ActingVerb;
  readonly user: string;
  readonly askOperation: AskOperation;
  readonly cancel: Operation["cancel"];
  /** Tells of every reconnect: what was said meanwhile is lost. Returns how to stop telling. */
  readonly onReconnect: (listener: () => void) => () => void;
  /** Tells when the bus is let go of, and with it the operation. Returns how to stop telling. */
  readonly onClose: (listener: () => void) => () => void;
}

/** An operation being followed: its inbox feeds `take`, and when that falls silent the ledger is asked. */
export interface FollowedOperation extends Operation {
  take(message: InboxMessage): void;
  /** Begins to watch for silence, and asks the ledger at once if told to. */
  follow(options: { subscription?: Subscription; isBehind: boolean; nodeCount?: number }): void;
}

export function createFollowedOperation(parts: OperationParts): FollowedOperation {
  const { id, verb, user, askOperation } = parts;
  const book = createResultsBook();
  const stream = createEventStream();
  const nodes: string[] = [];
  const named = new Set<string>();
  let subscription: Subscription | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopListening: (() => void)[] = [];
  let fruitlessAskings = 0;
  let since: string | undefined;
  let isAsking = false;
  /** From `follow` on: a command that is refused is never followed. */
  let isFollowed = false;
  let isOver = false;
  let resolveEnd: (end: OperationEnd) => void;
  const end = new Promise<OperationEnd>((resolve) => (resolveEnd = resolve));

  function stop(): void {
    isOver = true;
    clearTimeout(timer);
    for (const stopOne of stopListening.splice(0)) stopOne();
    if (subscription && !subscription.isClosed()) subscription.unsubscribe();
  }

  function finishIfComplete(): void {
    if (isOver || !book.isComplete) return;
    stop();
    stream.end();
    const retry = verb === "setup" ? retryOf(Object.values(book.results)) : undefined;
    resolveEnd({ code: book.code, results: book.results, ...(retry ? { retry } : {}) });
  }

  function record(event: NodeEvent): boolean {
    if (event.kind === "result" && !book.record(event.node, event.result)) return false;
    stream.push(event);
    return true;
  }

  function watchForSilence(): void {
    if (isOver || !isFollowed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void askLedger(), quietBeforeAsking(fruitlessAskings));
  }

  async function askLedger(): Promise<void> {
    if (isOver || !isFollowed || isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    const caughtUp = await catchUp(askOperation, id, since).finally(() => (isAsking = false));
    let hasNews = false;
    if (caughtUp.ok) {
      since = caughtUp.asOf;
      book.expect(caughtUp.operation.nodeCount);
      for (const [node, result] of Object.entries(caughtUp.results)) {
        if (record({ kind: "result", node, result })) hasNews = true;
      }
    }
    fruitlessAskings = hasNews ? 0 : fruitlessAskings + 1;
    finishIfComplete();
    watchForSilence();
  }

  return {
    id,
    verb,
    user,
    nodes,
    get nodeCount() {
      return book.nodeCount ?? 0;
    },
    results: book.results,
    take(message) {
      fruitlessAskings = 0;
      switch (message.kind) {
        case "accepted":
          // A replay is answered with the same names again.
          for (const node of message.nodes) {
            if (!named.has(node)) nodes.push(node);
            named.add(node);
          }
          book.expect(message.nodeCount);
          break;
        case "events":
          for (const event of message.events) record(event);
          break;
        case "finished":
          // It stands behind all events of its publisher; what came by another replica may still lack.
          if (!book.isComplete) void askLedger();
          break;
        case "rejected":
        case "answer":
        case "working":
          break;
      }
      finishIfComplete();
      watchForSilence();
    },
    follow(options) {
      isFollowed = true;
      subscription = options.subscription;
      if (options.nodeCount !== undefined) book.expect(options.nodeCount);
      stopListening = [parts.onReconnect(() => void askLedger()), parts.onClose(stop)];
      // One that ended with its admission may have been heard to the end already.
      if (isOver) stop();
      else if (options.isBehind) void askLedger();
      else watchForSilence();
      finishIfComplete();
    },
    wait: ({ signal } = {}) => (signal ? abortable(end, signal) : end),
    cancel: parts.cancel,
    detach: stop,
    [Symbol.asyncIterator]: () => stream.iterate(() => replayOf(book.results)),
  };
}

/** A command that was refused as a whole, with the face of an operation: code -1, no results, no events. */
export function createRefusedOperation(parts: Pick<Operation, "id" | "verb" | "user">, refusal: Refusal): Operation {
  return {
    ...parts,
    nodeCount: 0,
    nodes: [],
    refusal,
    results: {},
    wait: () => Promise.resolve({ code: refusedCode, results: {}, ...refusal }),
    cancel: () => Promise.resolve({ ok: false, ...refusal }),
    detach: () => undefined,
    [Symbol.asyncIterator]: () => createEmptyStream(),
  };
}

function createEmptyStream(): AsyncIterator<NodeEvent> {
  return { next: () => Promise.resolve({ done: true, value: undefined }) };
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    signal.addEventListener("abort", onAbort, { once: true });
    stop = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop?.();
  }
}
