import { setTimeout as sleep } from "node:timers/promises";

export interface GatherOptions<T, R> {
  /** How long more may come in, milliseconds. */
  readonly gatherMs: number;
  /** Does it for all that came in, and says what came of each. */
  readonly deed: (items: readonly T[]) => Promise<(item: T) => R>;
}

/** Whatever is asked for within a few milliseconds is done at once: a thousand nodes cost one statement, not a thousand. */
export function createGatherer<T, R>({ gatherMs, deed }: GatherOptions<T, R>): (item: T) => Promise<R> {
  let gathering: { readonly items: T[]; readonly done: Promise<(item: T) => R> } | undefined;
  return async (item) => {
    if (!gathering) {
      const items: T[] = [];
      const done = sleep(gatherMs).then(() => {
        gathering = undefined;
        return deed(items);
      });
      gathering = { items, done };
    }
    gathering.items.push(item);
    return (await gathering.done)(item);
  };
}
