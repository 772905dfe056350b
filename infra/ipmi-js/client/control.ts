import { type ChassisAction, chassisControl, isRepeatable } from "../commands/chassis/chassis-control.ts";
import { setSessionPrivilegeLevel } from "../commands/app/set-session-privilege-level.ts";
import { BmcBusyError } from "../errors/refusals.ts";
import { BmcUnreachableError, BmcTimeoutError, NotSentError } from "../errors/silence.ts";
import { COMPLETION, isBusyCompletionCode } from "../wire/completion-code.ts";
import { type Asking, ask, completionError, pauseForBusy } from "./ask.ts";
import { withDeadlineAt } from "./call.ts";
import type { ControlResult } from "./ipmi-client.ts";
import type { Session } from "./session.ts";

/** A session heard of this recently is believed to be alive, in milliseconds. */
const FRESH_MS = 2_000;

/**
 * Makes sure that the BMC still has the session and grants what a control needs, so that a copy that leaves will be
 * understood: a forgotten session would swallow it, and nobody could tell.
 */
export async function verifySession(asking: Asking, session: Session): Promise<"verified" | "silent"> {
  const { privilege } = chassisControl;
  if (session.privilege !== "user" && performance.now() - session.heardAt < FRESH_MS) return "verified";
  const asked = await ask(asking, session, { command: setSessionPrivilegeLevel, request: { privilege } });
  if (asked.kind === "silent") return "silent";
  session.privilege = privilege;
  return "verified";
}

/**
 * Sends a Chassis Control over a verified session. No copy leaves at or after `sendBeforeAt`; of an action that is not
 * repeatable only one leaves, unless the BMC says that it was too busy for it.
 */
export async function sendControl(
  asking: Asking,
  session: Session,
  control: { readonly action: ChassisAction; readonly sendBeforeAt: number },
): Promise<ControlResult> {
  const { line, call } = asking;
  const { target } = line;
  const { action } = control;
  const sendBeforeAt = Math.min(control.sendBeforeAt, call.deadlineAt);
  const data = chassisControl.encodeRequest({ action });
  const { netFn, command } = chassisControl;
  const maxCopies = isRepeatable(action) ? Number.POSITIVE_INFINITY : 1;
  let busyCode: number | undefined;
  let mayHaveBeenDone = false;
  for (;;) {
    const end = await session.request({ netFn, command, data }, call, {
      silentAfterMs: line.unreachableAfterMs,
      mayLeave: (copy) => copy <= maxCopies && performance.now() < sendBeforeAt && !asking.isEnded(),
    });
    if (end.copies === 0) {
      if (mayHaveBeenDone) return { outcome: "unknown" };
      if (busyCode !== undefined) throw new BmcBusyError(target, busyCode);
      throw new NotSentError(target, { why: whyNotSent(end.kind), cause: call.signal?.reason });
    }
    if (end.kind !== "answered") return { outcome: "unknown" };
    const { completionCode } = end.answer;
    if (completionCode === COMPLETION.ok) return { outcome: "accepted" };
    if (!isBusyCompletionCode(completionCode)) throw completionError(line, chassisControl, completionCode);
    busyCode = completionCode;
    // C0 says that nothing was done; C3 and CF leave it open.
    mayHaveBeenDone ||= completionCode !== COMPLETION.nodeBusy || end.copies > 1;
    if (mayHaveBeenDone && !isRepeatable(action)) return { outcome: "unknown" };
    await pauseForBusy({ ...asking, throwIfEnded: () => undefined });
  }
}

/** What a failure before the control means when the window to send it has closed meanwhile. */
export function notSentBecause(asking: Asking, error: unknown, sendBeforeAt: number): unknown {
  const isForTime =
    error instanceof BmcTimeoutError || error instanceof BmcUnreachableError || error instanceof BmcBusyError;
  if (!isForTime || performance.now() < sendBeforeAt || sendBeforeAt >= asking.call.deadlineAt) return error;
  return new NotSentError(asking.line.target, { why: "the window to send it in passed first", cause: error });
}

/** The call for what precedes the control: it ends when the window does. */
export function precedingCall(asking: Asking, sendBeforeAt: number): Asking {
  return { ...asking, call: withDeadlineAt(asking.call, sendBeforeAt) };
}

function whyNotSent(kind: string): string {
  switch (kind) {
    case "aborted":
      return "it was called off first";
    case "deadline":
      return "its deadline passed first";
    default:
      return "the window to send it in passed first";
  }
}
