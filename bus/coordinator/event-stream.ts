import type { NodeEvent } from "../../contracts/index.ts";

/** Steps kept for a listener that has not begun yet; older ones are dropped, results never are. */
const maxEarlySteps = 1_000;

/**
 * Fans events out to any number of async iterators. Each one first gets what `replay` yields, then what comes. Steps
 * that came before the first iterator began are kept, up to a bound.
 */
export interface EventStream {
  push(event: NodeEvent): void;
  /** Ends every iterator once it has been read to the end. */
  end(): void;
  iterate(replay: () => Iterable<NodeEvent>): AsyncIterableIterator<NodeEvent>;
}

export function createEventStream(): EventStream {
  const listeners = new Set<{ queue: NodeEvent[]; wake: (() => void) | undefined }>();
  let earlySteps: NodeEvent[] | undefined = [];
  let hasEnded = false;

  return {
    push(event) {
      if (earlySteps && event.kind !== "result") {
        if (earlySteps.length >= maxEarlySteps) earlySteps.shift();
        earlySteps.push(event);
      }
      for (const listener of listeners) {
        listener.queue.push(event);
        listener.wake?.();
      }
    },
    end() {
      hasEnded = true;
      for (const listener of listeners) listener.wake?.();
    },
    iterate(replay) {
      const listener: { queue: NodeEvent[]; wake: (() => void) | undefined } = {
        queue: [...(earlySteps ?? []), ...replay()],
        wake: undefined,
      };
      earlySteps = undefined;
      listeners.add(listener);
      return (async function* () {
        try {
          for (;;) {
            for (const event of listener.queue.splice(0)) yield event;
            // From here to the promise nothing is awaited, or what comes meanwhile would be missed.
            if (listener.queue.length > 0) continue;
            if (hasEnded) return;
            await new Promise<void>((resolve) => (listener.wake = resolve));
            listener.wake = undefined;
          }
        } finally {
          listeners.delete(listener);
        }
      })();
    },
  };
}
