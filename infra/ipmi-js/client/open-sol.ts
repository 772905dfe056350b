import { ALREADY_ACTIVE, activatePayload } from "../commands/payload/activate-payload.ts";
import { deactivatePayload } from "../commands/payload/deactivate-payload.ts";
import { getDeviceId } from "../commands/app/get-device-id.ts";
import { CompletionCodeError } from "../errors/refusals.ts";
import { BmcTimeoutError, BmcUnreachableError } from "../errors/silence.ts";
import { type Asked, type Asking, ask, raisePrivilege } from "./ask.ts";
import { DEFAULT_DEADLINE_MS, startCall } from "./call.ts";
import type { Session } from "./session.ts";
import { type SolConsole, SolStream } from "./sol-console.ts";

const INSTANCE = { instance: 1 } as const;
/** BMCs end sessions that are idle for 60 s; a silent machine must not end its console. */
const KEEP_ALIVE_MS = 20_000;

/**
 * Activates SOL over a session of its own, so that power commands never wait for a console. A console that another
 * session has is taken over if `takeOver` says so.
 */
export async function openSol(
  asking: Asking,
  session: Session,
  options: { readonly takeOver: boolean; readonly onClosed: (console: SolConsole) => void },
): Promise<SolConsole> {
  const { line } = asking;
  const { toBmcBytes } = await activate(asking, session, options.takeOver);
  const stream = new SolStream(line, session, toBmcBytes);
  const keepAlive = setInterval(() => void checkSession(), KEEP_ALIVE_MS).unref();
  let closed: Promise<void> | undefined;

  const checkSession = async () => {
    const call = startCall(undefined);
    const asked = await ask({ ...asking, call }, session, { command: getDeviceId, request: {} }).catch(() => undefined);
    if (asked?.kind === "told" || closed !== undefined) return;
    stream.end(new BmcUnreachableError(line.target, { silentMs: performance.now() - session.heardAt }));
    await close();
  };
  const deactivate = async () => {
    clearInterval(keepAlive);
    const call = startCall({ deadlineMs: 1_000 });
    // The console ends in any case: a BMC that does not answer ends it with the session.
    await ask({ ...asking, call }, session, { command: deactivatePayload, request: INSTANCE }).catch(() => undefined);
    stream.end();
    await session.close();
    options.onClosed(console);
  };
  const close = () => (closed ??= deactivate());

  const console: SolConsole = {
    async write(input, writeOptions) {
      const deadlineMs = writeOptions?.deadlineMs ?? DEFAULT_DEADLINE_MS;
      const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
      if (await stream.write(bytes, deadlineMs)) return;
      throw new BmcTimeoutError(line.target, { deadlineMs, step: "console input" });
    },
    [Symbol.asyncIterator]: () => stream.read(),
    close,
    [Symbol.asyncDispose]: close,
  };
  return console;
}

async function activate(asking: Asking, session: Session, takeOver: boolean) {
  if (!(await raisePrivilege(asking, session, "operator"))) throw silence(asking);
  const question = { command: activatePayload, request: INSTANCE };
  try {
    return told(asking, await ask(asking, session, question));
  } catch (error) {
    const isTaken = error instanceof CompletionCodeError && error.completionCode === ALREADY_ACTIVE;
    if (!isTaken || !takeOver) throw error;
    told(asking, await ask(asking, session, { command: deactivatePayload, request: INSTANCE }));
    return told(asking, await ask(asking, session, question));
  }
}

function told<Response>(asking: Asking, asked: Asked<Response>): Response {
  if (asked.kind === "silent") throw silence(asking);
  return asked.response;
}

function silence({ line, call }: Asking): BmcTimeoutError {
  return new BmcTimeoutError(line.target, { deadlineMs: performance.now() - call.startedAt, step: "Activate Payload" });
}
