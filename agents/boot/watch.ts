import type { Log } from "../runtime/log.ts";

/** How often what is waited for is looked at though nobody said that it came, milliseconds: a message may be lost. */
const lookEveryMs = 5_000;

/**
 * Holds questions until the tables have the answer. Any number that wait are one query, made when somebody says that
 * something may have come, and every few seconds. For each key one waits: who asks again takes the place of its former
 * self, so that what is held is bounded by the number of nodes.
 */
export interface Watch<T> {
  /** The first value that `accept` takes, or undefined when the time is up, `signal` is aborted, or another took the place. */
  waitFor(key: string, accept: (value: T) => boolean, options: WaitOptions): Promise<T | undefined>;
  /** Something may have come. */
  look(): void;
  close(): void;
}

export interface WaitOptions {
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

interface Waiter<T> {
  readonly accept: (value: T) => boolean;
  readonly settle: (value: T | undefined) => void;
}

/** `read` gives what there is for these keys. */
export function createWatch<T>(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>, log: Log): Watch<T> {
  const waiters = new Map<string, Waiter<T>>();
  let isLookDue = false;

  async function lookNow(): Promise<void> {
    isLookDue = false;
    if (waiters.size === 0) return;
    try {
      for (const [key, value] of await read([...waiters.keys()])) {
        const waiter = waiters.get(key);
        if (waiter?.accept(value)) waiter.settle(value);
      }
    } catch (err) {
      log.warn({ err }, "what nodes wait for cannot be read; trying on");
    }
  }
  function look(): void {
    if (isLookDue) return;
    isLookDue = true;
    setImmediate(() => void lookNow());
  }
  const looking = setInterval(look, lookEveryMs);

  return {
    look,
    waitFor: (key, accept, { withinMs, signal }) =>
      new Promise((resolve) => {
        waiters.get(key)?.settle(undefined);
        const onAbort = () => waiter.settle(undefined);
        const timer = setTimeout(onAbort, withinMs);
        const waiter: Waiter<T> = {
          accept,
          settle: (value) => {
            clearTimeout(timer);
            signal.removeEventListener("abort", onAbort);
            if (waiters.get(key) === waiter) waiters.delete(key);
            resolve(value);
          },
        };
        waiters.set(key, waiter);
        if (signal.aborted) {
          onAbort();
          return;
        }
        signal.addEventListener("abort", onAbort, { once: true });
        look();
      }),
    close() {
      clearInterval(looking);
      for (const waiter of [...waiters.values()]) waiter.settle(undefined);
    },
  };
}
