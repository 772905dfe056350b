import { setTimeout as delay } from "node:timers/promises";
import { ALREADY_ACTIVE, INSTANCES_EXHAUSTED } from "../commands/payload/activate-payload.ts";
import { BmcKgError, BmcPasswordError, BmcPrivilegeError, BmcUserError } from "../errors/credentials.ts";
import { CipherSuiteRefusedError, CompletionCodeError } from "../errors/refusals.ts";
import { ClientClosedError } from "../errors/silence.ts";
import { ConsoleTail } from "./console-tail.ts";
import type { IpmiClient } from "./ipmi-client.ts";
import type { BmcTarget } from "./target.ts";

export interface ConsoleCaptureOptions {
  /** How much of the end is kept, in bytes, default 16,384. */
  readonly keepBytes?: number;
  /** Takes the console from whoever has it, default false: while somebody else has it, nothing is captured. */
  readonly takeOver?: boolean;
  /** Stops it, as `stop` does. */
  readonly signal?: AbortSignal;
}

/** A console that is being followed. */
export interface ConsoleCapture extends AsyncDisposable {
  /** Resolves when the first attempt to open the console has ended, well or not. Never rejects. */
  readonly ready: Promise<void>;
  /** What the console has shown last, as text without escape sequences. Also after `stop`. */
  tail(): string;
  /** Why nothing is captured at the moment: what the last attempt to open the console failed with. */
  readonly problem: unknown;
  /** Closes the console and resolves with its tail. Never rejects. */
  stop(): Promise<string>;
}

const KEEP_BYTES = 16 * 1024;
/** The console is opened again after this, doubled with every attempt that fails, in milliseconds. */
const REOPEN_MS = { least: 500, most: 15_000 } as const;
const NO_USE_TRYING_AGAIN = [
  BmcPasswordError,
  BmcUserError,
  BmcKgError,
  BmcPrivilegeError,
  CipherSuiteRefusedError,
  ClientClosedError,
] as const;

/**
 * Follows a machine's console over LAN from now on and keeps the end of what it shows, so that it can be told with a boot
 * that fails. A BMC stores nothing: begin before the machine is powered on. Returns at once and never throws: a console
 * that can't be had is a `problem`, and is tried again while that can help, never with credentials that were refused.
 * It uses a session of its own, and one of the BMC's few slots, until it is stopped or the client closed.
 */
export function captureConsole(
  client: Pick<IpmiClient, "openConsole">,
  target: BmcTarget,
  options: ConsoleCaptureOptions = {},
): ConsoleCapture {
  const tail = new ConsoleTail(options.keepBytes ?? KEEP_BYTES);
  const stopping = new AbortController();
  const abort = () => stopping.abort();
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener("abort", abort, { once: true });
  let problem: unknown;
  let tellReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });

  const follow = async () => {
    const { signal } = stopping;
    const isStopped = () => signal.aborted;
    let waitMs: number = REOPEN_MS.least;
    while (!isStopped()) {
      try {
        await using console = await client.openConsole(target, { signal, takeOver: options.takeOver ?? false });
        const close = () => void console.close();
        signal.addEventListener("abort", close, { once: true });
        if (isStopped()) close();
        problem = undefined;
        tellReady();
        waitMs = REOPEN_MS.least;
        for await (const bytes of console) tail.add(bytes);
        signal.removeEventListener("abort", close);
      } catch (error) {
        if (isStopped()) return;
        problem = error;
        tellReady();
        if (isFinal(error)) return;
      }
      // An abort ends the wait, and with it the loop.
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      waitMs = Math.min(2 * waitMs, REOPEN_MS.most);
    }
  };
  const followed = follow().finally(tellReady);
  const stop = async () => {
    abort();
    options.signal?.removeEventListener("abort", abort);
    await followed;
    return tail.toString();
  };

  return {
    ready,
    tail: () => tail.toString(),
    get problem() {
      return problem;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

function isFinal(error: unknown): boolean {
  if (NO_USE_TRYING_AGAIN.some((kind) => error instanceof kind)) return true;
  if (!(error instanceof CompletionCodeError)) return false;
  return error.completionCode !== ALREADY_ACTIVE && error.completionCode !== INSTANCES_EXHAUSTED;
}
