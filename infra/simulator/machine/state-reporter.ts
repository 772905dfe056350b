import { setTimeout as pause } from "node:timers/promises";
import type { NodeState } from "../../../contracts/index.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Journal } from "./journal.ts";
import { postReport } from "./post-report.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Tells the boot agent how a node is: one report at a time, in order. */
export interface StateReporter {
  /**
   * Resolves once the boot agent has taken the report (2xx) or refused it for good (4xx); the journal says which. Until
   * then it is tried again after growing pauses.
   *
   * @throws AbortError when `signal` is aborted: the machine went down.
   */
  report(state: NodeState, bootId: string, signal: AbortSignal): Promise<void>;
}

export interface StateReporterOptions {
  readonly address: string;
  readonly journal: Journal;
  readonly random: SeededRandom;
  /** The boot agent's base URL, once there is one. */
  readonly bootUrl: () => string | undefined;
}

export function createStateReporter(options: StateReporterOptions): StateReporter {
  let former: Promise<unknown> = Promise.resolve();
  return {
    report(state, bootId, signal) {
      const answered = former.then(() => reportUntilAnswered({ state, bootId }, { ...options, signal }));
      former = answered.catch(() => undefined);
      return answered;
    },
  };
}

/** The pause after the `failures`th failure running, in milliseconds: doubles up to 10 s, and differs by node by a half. */
export function reportPauseMs(failures: number, fraction: number): number {
  const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return longestMs * (1 - fraction / 2);
}

async function reportUntilAnswered(
  report: { readonly state: NodeState; readonly bootId: string },
  { address, journal, random, bootUrl, signal }: StateReporterOptions & { readonly signal: AbortSignal },
): Promise<void> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    const url = bootUrl();
    const httpStatus =
      url && (await postReport(report, { bootUrl: url, localAddress: address, signal }).catch(() => 0));
    signal.throwIfAborted();
    const answer = httpStatus && answerOf(httpStatus);
    if (answer) {
      journal.add({ kind: "report", ...report, answer, httpStatus });
      return;
    }
    await pause(reportPauseMs(failures, random.fraction()), undefined, { signal });
  }
}

function answerOf(httpStatus: number): "accepted" | "refused" | undefined {
  if (httpStatus >= 200 && httpStatus < 300) return "accepted";
  return httpStatus >= 400 && httpStatus < 500 ? "refused" : undefined;
}
