import type { Command } from "../commands/command.ts";
import { COMPLETION } from "../wire/completion-code.ts";
import type { IpmiRequest } from "../wire/ipmi-message.ts";
import { privilegeNumber } from "../wire/privilege-level.ts";
import type { BmcSession } from "./bmc-session.ts";

export interface CommandAnswer {
  readonly completionCode: number;
  readonly data: Uint8Array;
}

/** Answers one command; `session` is `undefined` outside any. */
export interface CommandHandler {
  readonly netFn: number;
  readonly command: number;
  answer(request: IpmiRequest, session: BmcSession | undefined): CommandAnswer;
}

const NO_DATA = new Uint8Array(0);

export function refusal(completionCode: number): CommandAnswer {
  return { completionCode, data: NO_DATA };
}

/** A handler for a command that wants a session of the command's privilege. A number answered is a completion code. */
export function answering<Request, Response>(
  command: Command<Request, Response>,
  answer: (request: Request, session: BmcSession) => Response | number,
): CommandHandler {
  return {
    netFn: command.netFn,
    command: command.command,
    answer(request, session) {
      if (session === undefined || privilegeNumber(session.privilege) < privilegeNumber(command.privilege)) {
        return refusal(COMPLETION.insufficientPrivilege);
      }
      return encodeAnswer(command, request, (decoded) => answer(decoded, session));
    },
  };
}

/** A handler for a command that may be asked outside any session. */
export function answeringAnybody<Request, Response>(
  command: Command<Request, Response>,
  answer: (request: Request) => Response | number,
): CommandHandler {
  return {
    netFn: command.netFn,
    command: command.command,
    answer: (request) => encodeAnswer(command, request, answer),
  };
}

function encodeAnswer<Request, Response>(
  command: Command<Request, Response>,
  request: IpmiRequest,
  answer: (request: Request) => Response | number,
): CommandAnswer {
  const decoded = command.decodeRequest(request.data);
  if (decoded === undefined) return refusal(COMPLETION.invalidDataField);
  const response = answer(decoded);
  if (typeof response === "number") return refusal(response);
  return { completionCode: COMPLETION.ok, data: command.encodeResponse(response) };
}
