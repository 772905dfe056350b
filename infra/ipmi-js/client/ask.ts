import type { Command } from "../commands/command.ts";
import { BmcPrivilegeError } from "../errors/credentials.ts";
import { BmcBusyError, CompletionCodeError, MalformedResponseError } from "../errors/refusals.ts";
import { BmcTimeoutError } from "../errors/silence.ts";
import type { BmcName, IpmiError } from "../errors/ipmi-error.ts";
import { COMPLETION, isBusyCompletionCode } from "../wire/completion-code.ts";
import { type PrivilegeLevel, privilegeNumber } from "../wire/privilege-level.ts";
import { setSessionPrivilegeLevel } from "../commands/app/set-session-privilege-level.ts";
import type { Call } from "./call.ts";
import type { Line } from "./line.ts";
import type { Session } from "./session.ts";
import { pause } from "./sweep.ts";

/** A busy BMC is asked again after this much, at random, in milliseconds. */
const BUSY_PAUSE_MS = { least: 100, most: 400 } as const;

export interface Asking {
  readonly line: Line;
  readonly call: Call;
  readonly random: () => number;
  readonly onFirstSilence: () => void;
  /** Whether the call has been called off, or the client closed. */
  readonly isEnded: () => boolean;
  /** Throws if so. */
  readonly throwIfEnded: () => void;
}

/** `silent`: the session is to be taken for forgotten. */
export type Asked<Response> = { readonly kind: "told"; readonly response: Response } | { readonly kind: "silent" };

/**
 * Asks one command over a session until it is answered: the answer `busy` leads to another try with jitter, the
 * deadline or a refusal to an error.
 */
export async function ask<Request, Response>(
  asking: Asking,
  session: Session,
  question: { readonly command: Command<Request, Response>; readonly request: Request },
): Promise<Asked<Response>> {
  const { line, call } = asking;
  const { command } = question;
  const bmc = bmcOf(line);
  const data = command.encodeRequest(question.request);
  let busyCode: number | undefined;
  for (;;) {
    const end = await session.request({ netFn: command.netFn, command: command.command, data }, call, {
      silentAfterMs: session.forgottenAfterMs,
      onFirstSilence: asking.onFirstSilence,
    });
    if (end.kind === "silent") return { kind: "silent" };
    if (end.kind === "aborted") asking.throwIfEnded();
    if (end.kind !== "answered") {
      if (busyCode !== undefined) throw new BmcBusyError(bmc, busyCode);
      throw new BmcTimeoutError(bmc, { deadlineMs: call.deadlineAt - call.startedAt, step: command.name });
    }
    const { completionCode } = end.answer;
    if (completionCode === COMPLETION.ok) {
      const response = command.decodeResponse(end.answer.data);
      if (response === undefined) throw new MalformedResponseError(bmc, command.name);
      return { kind: "told", response };
    }
    if (!isBusyCompletionCode(completionCode)) throw completionError(line, command, completionCode);
    busyCode = completionCode;
    await pauseForBusy(asking);
  }
}

/** Waits out a busy BMC, no longer than the deadline. */
export async function pauseForBusy({ line, call, random, throwIfEnded }: Asking): Promise<void> {
  const { least, most } = BUSY_PAUSE_MS;
  const pauseMs = least + random() * (most - least);
  await pause(line.sweep, Math.min(pauseMs, Math.max(0, call.deadlineAt - performance.now())), call.signal);
  throwIfEnded();
}

export function hasPrivilege(session: Session, privilege: PrivilegeLevel): boolean {
  return privilegeNumber(session.privilege) >= privilegeNumber(privilege);
}

/** Asks for a privilege, since a new session has that of a user; false: the BMC was silent. */
export async function raisePrivilege(asking: Asking, session: Session, privilege: PrivilegeLevel): Promise<boolean> {
  const asked = await ask(asking, session, { command: setSessionPrivilegeLevel, request: { privilege } });
  if (asked.kind === "silent") return false;
  session.privilege = privilege;
  return true;
}

export function completionError(
  line: Line,
  command: { readonly name: string; readonly netFn: number; readonly command: number },
  completionCode: number,
): IpmiError {
  const bmc = bmcOf(line);
  const { username, privilege } = line.target;
  const isPrivilegeRefused =
    completionCode === COMPLETION.insufficientPrivilege ||
    (command.command === setSessionPrivilegeLevel.command && command.netFn === setSessionPrivilegeLevel.netFn);
  if (isPrivilegeRefused) return new BmcPrivilegeError(bmc, { username, privilege });
  const { name, netFn, command: number } = command;
  return new CompletionCodeError(bmc, { name, netFn, command: number, completionCode });
}

function bmcOf(line: Line): BmcName {
  return { address: line.target.address, port: line.target.port };
}
