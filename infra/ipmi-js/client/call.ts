/** What every call of the client may be told. */
export interface CallOptions {
  /**
   * How long the call may take, in milliseconds from now, default 10,000. A BMC that says nothing at all is given up
   * earlier, see `unreachableAfterMs` of the client.
   */
  readonly deadlineMs?: number;
  /** Calls it off: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_DEADLINE_MS = 10_000;

/** A call under way. Times are milliseconds of `performance.now()`. */
export interface Call {
  readonly startedAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
}

export function startCall(options: CallOptions | undefined): Call {
  const startedAt = performance.now();
  return {
    startedAt,
    deadlineAt: startedAt + (options?.deadlineMs ?? DEFAULT_DEADLINE_MS),
    signal: options?.signal,
  };
}

/** The same call with less time. */
export function withDeadlineAt(call: Call, deadlineAt: number): Call {
  return { ...call, deadlineAt: Math.min(call.deadlineAt, deadlineAt) };
}
