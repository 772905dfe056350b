import { setTimeout as pause } from "node:timers/promises";
import type { StateReport } from "../../../contracts/index.ts";
import { askFrom } from "../netboot/node-http.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Journal } from "./journal.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** What a machine reports: always of which boot it is. */
export type OwnReport = StateReport & { readonly bootId: string };

export interface ReportOptions {
  /** Aborted when the machine goes down. */
  readonly signal: AbortSignal;
  /** A ramdisk's; without one the boot agent knows the node by its address. */
  readonly token?: string;
}

/** Tells the boot agent how a node is: one report at a time, in order. */
export interface StateReporter {
  /**
   * Resolves once the boot agent has taken the report (2xx) or refused it for good (4xx); the journal says which. Until
   * then it is tried again after growing pauses.
   *
   * @throws AbortError when `signal` is aborted.
   */
  report(report: OwnReport, options: ReportOptions): Promise<void>;
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
    report(report, { signal, token }) {
      const answered = former.then(() => reportUntilAnswered(report, { ...options, signal, token }));
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
  report: OwnReport,
  {
    address,
    journal,
    random,
    bootUrl,
    signal,
    token,
  }: StateReporterOptions & { readonly signal: AbortSignal; readonly token: string | undefined },
): Promise<void> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    const url = bootUrl();
    const httpStatus = url && (await post(report, { url: new URL("/v1/state", url), address, signal, token }));
    signal.throwIfAborted();
    const answer = httpStatus && answerOf(httpStatus);
    if (answer) {
      const { state, bootId } = report;
      journal.add({ kind: "report", state, bootId, answer, httpStatus });
      return;
    }
    await pause(reportPauseMs(failures, random.fraction()), undefined, { signal });
  }
}

/** The HTTP status, or 0 if nobody answered. */
async function post(
  body: OwnReport,
  route: {
    readonly url: URL;
    readonly address: string;
    readonly signal: AbortSignal;
    readonly token: string | undefined;
  },
): Promise<number> {
  const { url, address, signal, token } = route;
  try {
    const own = token === undefined ? {} : { token };
    return (await askFrom(address, url, { method: "POST", body, signal, ...own })).status;
  } catch {
    return 0;
  }
}

function answerOf(httpStatus: number): "accepted" | "refused" | undefined {
  if (httpStatus >= 200 && httpStatus < 300) return "accepted";
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429 ? "refused" : undefined;
}
