import { setTimeout as sleep } from "node:timers/promises";

export interface GatherOptions<T, R> {
  /** All that is coming has come when nothing has for so long, milliseconds. */
  readonly quietMs: number;
  /** What came first waits no longer than this, milliseconds. */
  readonly atMostMs: number;
  /** Does it for all that came in, and says what came of each. */
  readonly deed: (items: readonly T[]) => Promise<(item: T) => R>;
}

/** Whatever is asked for in a row is done at once: a thousand nodes cost one statement, not a thousand. */
export function createGatherer<T, R>({ quietMs, atMostMs, deed }: GatherOptions<T, R>): (item: T) => Promise<R> {
  let gathering: { readonly items: T[]; readonly done: Promise<(item: T) => R> } | undefined;

  async function gather(items: readonly T[]): Promise<(item: T) => R> {
    const untilMs = performance.now() + atMostMs;
    let seen: number;
    do {
      seen = items.length;
      await sleep(quietMs);
    } while (items.length > seen && performance.now() < untilMs);
    gathering = undefined;
    return deed(items);
  }

  return async (item) => {
    if (gathering) gathering.items.push(item);
    else {
      const items = [item];
      gathering = { items, done: gather(items) };
    }
    return (await gathering.done)(item);
  };
}
