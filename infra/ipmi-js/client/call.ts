/** What every call of the client may be told. */
export interface CallOptions {
  /**
   * How long the call may take, in milliseconds from now, default 10,000. A BMC that says nothing at all is given up
   * earlier, see `unreachableAfterMs` of the client.
   */
  readonly deadlineMs?: number;
  /**
   * How long opening a session may take where there is none, in milliseconds: then neither that nor the wait behind other
   * calls to the BMC, at most as long as both, counts as `deadlineMs`. Without it a session is opened within `deadlineMs`.
   */
  readonly connectMs?: number;
  /**
   * Since when `deadlineMs` counts: `call` (the default), or `admission`, when the client's window lets the call begin.
   * Of thousands of calls made at once, the latter gives each the same time.
   */
  readonly countsFrom?: "call" | "admission";
  /** Calls it off: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_DEADLINE_MS = 10_000;

/** A call under way. Times are milliseconds of `performance.now()`. */
export interface Call {
  readonly startedAt: number;
  /** Moves by the time that opening a session takes, where that has time of its own. */
  deadlineAt: number;
  readonly connectMs?: number;
  readonly signal: AbortSignal | undefined;
  /** How long it may take from its admission, if that is when its time begins. */
  readonly admittedMs?: number;
}

export function startCall(options: CallOptions | undefined): Call {
  const startedAt = performance.now();
  const deadlineMs = options?.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const signal = options?.signal;
  if (options?.connectMs !== undefined) {
    const { connectMs } = options;
    return { startedAt, deadlineAt: startedAt + connectMs + deadlineMs, signal, connectMs, admittedMs: deadlineMs };
  }
  if (options?.countsFrom === "admission") {
    return { startedAt, deadlineAt: Number.POSITIVE_INFINITY, signal, admittedMs: deadlineMs };
  }
  return { startedAt, deadlineAt: startedAt + deadlineMs, signal };
}

/** The call once it has been let in. */
export function admit(call: Call): Call {
  if (call.admittedMs === undefined) return call;
  const startedAt = performance.now();
  const { admittedMs, ...kept } = call;
  return { ...kept, startedAt, deadlineAt: startedAt + admittedMs };
}

/** The same call with less time, for all of it. */
export function withDeadlineAt({ startedAt, deadlineAt: before, signal }: Call, deadlineAt: number): Call {
  return { startedAt, deadlineAt: Math.min(before, deadlineAt), signal };
}
