import { describeCompletionCode } from "../wire/completion-code.ts";
import { type BmcName, IpmiError } from "./ipmi-error.ts";

/** The BMC does not speak the cipher suite. */
export class CipherSuiteRefusedError extends IpmiError {
  readonly code = "bmc-cipher-suite-refused";
  readonly cipherSuite: number;

  constructor(bmc: BmcName, cipherSuite: number) {
    super(bmc, `the BMC refuses cipher suite ${cipherSuite}; allow another one`);
    this.cipherSuite = cipherSuite;
  }
}

/** The BMC said that it was busy until the deadline, or until the command might no longer be sent. */
export class BmcBusyError extends IpmiError {
  readonly code = "bmc-busy";
  readonly completionCode: number;

  constructor(bmc: BmcName, completionCode: number) {
    super(bmc, `stays busy (${describeCompletionCode(completionCode)}); try again later`);
    this.completionCode = completionCode;
  }
}

/** All the BMC's session slots were taken until the deadline. */
export class BmcNoSessionSlotError extends IpmiError {
  readonly code = "bmc-no-session-slot";

  constructor(bmc: BmcName) {
    super(bmc, "no session slot is free; close other consoles' sessions, or wait until idle ones expire (60 s)");
  }
}

/** The BMC refused session set-up for a reason that none of the other errors stands for. */
export class SessionRefusedError extends IpmiError {
  readonly code = "bmc-session-refused";
  /** RMCP+ status code, IPMI 2.0 table 13-15. */
  readonly status: number;

  constructor(bmc: BmcName, options: { readonly step: string; readonly status: number }) {
    super(bmc, `refused ${options.step} with RMCP+ status ${options.status.toString(16).padStart(2, "0")}h`);
    this.status = options.status;
  }
}

/** The BMC answered the command with a completion code other than 0, and did not carry it out. */
export class CompletionCodeError extends IpmiError {
  readonly code = "bmc-completion-code";
  readonly completionCode: number;
  readonly netFn: number;
  readonly command: number;

  constructor(
    bmc: BmcName,
    options: {
      readonly name: string;
      readonly netFn: number;
      readonly command: number;
      readonly completionCode: number;
    },
  ) {
    super(bmc, `refused ${options.name}: ${describeCompletionCode(options.completionCode)}`);
    this.completionCode = options.completionCode;
    this.netFn = options.netFn;
    this.command = options.command;
  }
}

/** The BMC's answer, authentic though it is, does not have the shape that the specification prescribes. */
export class MalformedResponseError extends IpmiError {
  readonly code = "bmc-response-malformed";

  constructor(bmc: BmcName, what: string) {
    super(bmc, `sent a malformed answer to ${what}; a quirk may be needed`);
  }
}
