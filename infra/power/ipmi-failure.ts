import type { FailureReason } from "../../contracts/index.ts";
import { CompletionCodeError, type IpmiError, type IpmiErrorCode } from "../ipmi-js/index.ts";

/**
 * What an error of ipmi-js means for a node. `client-closed` has no row: it is a call of ours after we closed, and is
 * thrown on. `not-sent` stands for a call that had to wait behind others until its deadline.
 */
const reasonOfError: Readonly<Record<Exclude<IpmiErrorCode, "client-closed">, FailureReason>> = {
  "bmc-unreachable": "bmc-unreachable",
  "bmc-timeout": "bmc-too-slow",
  "bmc-connect-timeout": "bmc-connect-timeout",
  "bmc-password-invalid": "bmc-password-invalid",
  "bmc-user-unknown": "bmc-user-invalid",
  "bmc-kg-invalid": "bmc-refused",
  "bmc-privilege-refused": "bmc-privilege-insufficient",
  "bmc-cipher-suite-refused": "bmc-refused",
  "bmc-busy": "bmc-busy",
  "bmc-no-session-slot": "bmc-no-session-slot",
  "bmc-session-refused": "bmc-refused",
  "bmc-completion-code": "bmc-refused",
  "bmc-response-malformed": "bmc-refused",
  "not-sent": "bmc-too-slow",
};

/** Completion codes that say more than that the BMC refused (IPMI 2.0, table 5-2). */
const reasonOfCompletion: Readonly<Partial<Record<number, FailureReason>>> = {
  0xd4: "bmc-privilege-insufficient",
  0xd5: "power-state-unsuitable",
};

/** The catalogue's reason for an error of ipmi-js; undefined for one that says nothing about the node. */
export function reasonOf(error: IpmiError): FailureReason | undefined {
  if (error.code === "client-closed") return undefined;
  // The address's name could not be looked up: there is nobody to ask.
  if (error.code === "not-sent" && isSystemError(error.cause)) return "bmc-unreachable";
  const special = error instanceof CompletionCodeError ? reasonOfCompletion[error.completionCode] : undefined;
  return special ?? reasonOfError[error.code];
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && "syscall" in cause;
}
