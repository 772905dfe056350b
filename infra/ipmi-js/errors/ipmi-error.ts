/** Every code this library's errors carry; one class each. */
export type IpmiErrorCode =
  | "bmc-unreachable"
  | "bmc-timeout"
  | "bmc-connect-timeout"
  | "bmc-password-invalid"
  | "bmc-user-unknown"
  | "bmc-kg-invalid"
  | "bmc-privilege-refused"
  | "bmc-cipher-suite-refused"
  | "bmc-busy"
  | "bmc-no-session-slot"
  | "bmc-session-refused"
  | "bmc-completion-code"
  | "bmc-response-malformed"
  | "not-sent"
  | "client-closed";

/** Which BMC an error is about. */
export interface BmcName {
  readonly address: string;
  readonly port: number;
}

/**
 * What every error of this library is. Branch on the class or on `code`, never on the message, which is for people. No
 * password ever stands in one.
 */
export abstract class IpmiError extends Error implements BmcName {
  abstract readonly code: IpmiErrorCode;
  readonly address: string;
  readonly port: number;

  constructor(bmc: BmcName, what: string, options?: ErrorOptions) {
    super(`${bmc.address}:${bmc.port}: ${what}`, options);
    this.name = new.target.name;
    this.address = bmc.address;
    this.port = bmc.port;
  }
}
