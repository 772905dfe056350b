import { setTimeout as sleep } from "node:timers/promises";
import { ProbeFailedError } from "./errors.ts";
import { probeIcmp } from "./icmp.ts";
import type { Liveness } from "./port.ts";
import { afterPoll, noPollYet, silenceOf } from "./silence.ts";
import { probeTcp } from "./tcp.ts";

/** Milliseconds that only go forward, and waiting by them. */
export interface LivenessClock {
  now(): number;
  /** @throws when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface LivenessParts {
  /** How a node is asked once; by the system's network unless given. */
  readonly probe?: Liveness["probe"];
  readonly clock?: LivenessClock;
}

const systemClock: LivenessClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

export function createLiveness({ probe = probeOnce, clock = systemClock }: LivenessParts = {}): Liveness {
  const waitUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    const leftMs = at - clock.now();
    if (leftMs > 0) await clock.sleep(leftMs, signal);
    signal.throwIfAborted();
  };
  return {
    probe,

    async isAnswering(target, { tries = 8, withinMs = 2000, signal }) {
      const startedAt = clock.now();
      const eachMs = withinMs / tries;
      for (let asked = 0; asked < tries; asked++) {
        await waitUntil(startedAt + asked * eachMs, signal);
        if (await probe(target, { timeoutMs: eachMs, signal })) return true;
      }
      return false;
    },

    async awaitSilence(target, { polls, intervalMs = 1000, missesNeeded = 3, signal, alsoEndsWhen }) {
      signal.throwIfAborted();
      const ending = new AbortController();
      const either = AbortSignal.any([signal, ending.signal]);
      const end = (): void => ending.abort();
      alsoEndsWhen?.then(end, end);
      try {
        for (let count = noPollYet; ;) {
          const verdict = silenceOf(count, { polls, missesNeeded });
          if (verdict === "silent") return { silent: true, missed: count.missed };
          if (verdict === "still-answering") return { silent: false, because: verdict };
          const nextAt = clock.now() + intervalMs;
          count = afterPoll(count, await probe(target, { timeoutMs: intervalMs, signal: either }));
          if (silenceOf(count, { polls, missesNeeded }) === undefined) await waitUntil(nextAt, either);
        }
      } catch (error) {
        signal.throwIfAborted();
        if (ending.signal.aborted) return { silent: false, because: "ended-early" };
        throw error;
      }
    },
  };
}

const probeOnce: Liveness["probe"] = async ({ address, probe }, options) => {
  if (probe === "icmp") return probeIcmp(address, options);
  const port = Number(/^tcp:(\d{1,5})$/.exec(probe)?.[1]);
  if (!(port >= 1 && port <= 65_535)) throw new ProbeFailedError(address, `${probe} is neither icmp nor tcp:PORT`);
  return probeTcp({ address, port }, options);
};
