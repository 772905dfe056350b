import type { IpmiError } from "../errors/ipmi-error.ts";
import { BmcNoSessionSlotError, CipherSuiteRefusedError } from "../errors/refusals.ts";
import { BmcConnectTimeoutError, BmcTimeoutError, BmcUnreachableError } from "../errors/silence.ts";
import { classifySetupStatus } from "../wire/setup/status-code.ts";
import type { Asking } from "./ask.ts";
import type { Call } from "./call.ts";
import type { Line } from "./line.ts";
import type { Session } from "./session.ts";
import { credentialsError, refusalError } from "./set-up-error.ts";
import { setUpSession } from "./set-up-session.ts";
import { pause } from "./sweep.ts";

/** A BMC without a free slot is asked again after this much, at random, in milliseconds. */
const SLOT_PAUSE_MS = { least: 1_000, most: 5_000 } as const;
/** How often a set-up that the BMC lost track of is begun again. */
const MAX_RESTARTS = 3;

/**
 * Opens a session, again and again where that can help: while the BMC has no slot free (until the deadline), when it
 * lost track of the set-up, with the fallback cipher suite. Everything else is thrown at once. A BMC that says nothing
 * is waited for `silentAfterMs`.
 */
export async function openSession(asking: Asking, silentAfterMs: number): Promise<Session> {
  const { line, call } = asking;
  const { target } = line;
  const bmc = { address: target.address, port: target.port };
  let suite = target.cipherSuite;
  let restarts = 0;
  let lastRefusal: IpmiError | undefined;
  for (;;) {
    const end = await setUpSession(line, suite, { call, silentAfterMs, onFirstSilence: asking.onFirstSilence });
    switch (end.kind) {
      case "open":
        return end.session;
      case "wrong-password":
      case "wrong-kg":
        throw credentialsError(bmc, end.kind, target.username);
      case "silent":
        if (lastRefusal !== undefined) throw lastRefusal;
        throw new BmcUnreachableError(bmc, { silentMs: performance.now() - call.startedAt });
      case "deadline": {
        // A last try that there was no time for says less than the answers before it.
        if (lastRefusal !== undefined && end.isSilent) throw lastRefusal;
        const deadlineMs = call.deadlineAt - call.startedAt;
        if (end.isSilent) throw new BmcUnreachableError(bmc, { silentMs: deadlineMs });
        if (call.connectMs !== undefined)
          throw new BmcConnectTimeoutError(bmc, { connectMs: deadlineMs, step: end.step });
        throw new BmcTimeoutError(bmc, { deadlineMs, step: end.step });
      }
      case "aborted":
        asking.throwIfEnded();
        break;
      case "refused": {
        const error = refusalError(bmc, { ...target, cipherSuite: suite }, end);
        const isToRestart = classifySetupStatus(end.status) === "start-over" && ++restarts <= MAX_RESTARTS;
        if (error instanceof BmcNoSessionSlotError) await awaitSlot(line, { call, random: asking.random, error });
        else if (error instanceof CipherSuiteRefusedError && canFallBack(line, suite)) suite = fallback(line, suite);
        else if (!isToRestart) throw error;
        lastRefusal = error;
        asking.throwIfEnded();
      }
    }
  }
}

function fallback(line: Line, suite: 3 | 17): 3 | 17 {
  return line.target.fallbackCipherSuite ?? suite;
}

function canFallBack(line: Line, suite: 3 | 17): boolean {
  return fallback(line, suite) !== suite;
}

async function awaitSlot(
  line: Line,
  wait: { readonly call: Call; readonly random: () => number; readonly error: BmcNoSessionSlotError },
): Promise<void> {
  const { least, most } = SLOT_PAUSE_MS;
  const leftMs = wait.call.deadlineAt - performance.now();
  const pauseMs = least + wait.random() * (most - least);
  // With little time left, a last try is made while there is time for its answer.
  const boundedMs = Math.min(pauseMs, Math.max(leftMs - 2 * line.roundTrip.baseMs, least / 2));
  if (boundedMs >= leftMs) throw wait.error;
  await pause(line.sweep, boundedMs, wait.call.signal);
}
