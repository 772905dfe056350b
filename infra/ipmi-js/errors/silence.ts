import { type BmcName, IpmiError } from "./ipmi-error.ts";

/** Nothing at all was heard: the BMC is down, unplugged, elsewhere, or a filter stands between. */
export class BmcUnreachableError extends IpmiError {
  readonly code = "bmc-unreachable";
  readonly silentMs: number;

  constructor(bmc: BmcName, options: { readonly silentMs: number; readonly cause?: unknown }) {
    const silentMs = Math.round(options.silentMs);
    super(bmc, `no answer in ${silentMs} ms; check the BMC's address, its cable and that UDP reaches it`, options);
    this.silentMs = silentMs;
  }
}

/** The BMC does answer, but what was asked was not finished by the deadline. */
export class BmcTimeoutError extends IpmiError {
  readonly code = "bmc-timeout";
  readonly deadlineMs: number;
  /** What was being done. */
  readonly step: string;

  constructor(bmc: BmcName, options: { readonly deadlineMs: number; readonly step: string }) {
    const deadlineMs = Math.round(options.deadlineMs);
    super(bmc, `answers, but ${options.step} was not done in ${deadlineMs} ms; try again with a longer deadline`);
    this.deadlineMs = deadlineMs;
    this.step = options.step;
  }
}

/** The BMC does answer, but no session was open when `connectMs` was up. */
export class BmcConnectTimeoutError extends IpmiError {
  readonly code = "bmc-connect-timeout";
  readonly connectMs: number;
  /** What was being done. */
  readonly step: string;

  constructor(bmc: BmcName, options: { readonly connectMs: number; readonly step: string }) {
    const connectMs = Math.round(options.connectMs);
    super(bmc, `answers, but ${options.step} was not done, and no session open, in ${connectMs} ms; allow more`);
    this.connectMs = connectMs;
    this.step = options.step;
  }
}

/** Nothing of the request left this machine: its window or deadline had passed, or it was called off before. */
export class NotSentError extends IpmiError {
  readonly code = "not-sent";

  constructor(bmc: BmcName, options: { readonly why: string; readonly cause?: unknown }) {
    super(bmc, `nothing was sent: ${options.why}`, options);
  }
}

/** The client was closed before or while this was asked of it. */
export class ClientClosedError extends IpmiError {
  readonly code = "client-closed";

  constructor(bmc: BmcName) {
    super(bmc, "the client is closed; create another one");
  }
}
