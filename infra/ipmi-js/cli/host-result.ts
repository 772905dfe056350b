import { IpmiError, type IpmiErrorCode } from "../errors/ipmi-error.ts";
import { CompletionCodeError } from "../errors/refusals.ts";
import { describeCompletionCode } from "../wire/completion-code.ts";

/** What became of one host. `text` is what stands after its name in its line. */
export type HostResult = { readonly host: string; readonly text: string } & (
  | { readonly status: "succeeded"; readonly power?: "on" | "off" }
  /** `unknown`: sent, but not answered; the machine must be looked at. */
  | { readonly status: "failed"; readonly code: IpmiErrorCode | "unknown" | "internal"; readonly message: string }
);

/** Short texts of the errors, as far as they go the words of ipmipower, which scripts know. */
const TEXT: Readonly<Record<Exclude<IpmiErrorCode, "bmc-completion-code">, string>> = {
  "bmc-unreachable": "no answer",
  "bmc-timeout": "session timeout",
  "bmc-connect-timeout": "connection timeout",
  "bmc-password-invalid": "password invalid",
  "bmc-user-unknown": "username invalid",
  "bmc-kg-invalid": "k_g invalid",
  "bmc-privilege-refused": "privilege level insufficient",
  "bmc-cipher-suite-refused": "cipher suite id unavailable",
  "bmc-busy": "BMC busy",
  "bmc-no-session-slot": "BMC busy: no session slot",
  "bmc-session-refused": "session refused",
  "bmc-response-malformed": "malformed answer",
  "not-sent": "not sent",
  "client-closed": "interrupted",
};

export function powerResult(host: string, power: "on" | "off"): HostResult {
  return { host, status: "succeeded", power, text: power };
}

export function doneResult(host: string): HostResult {
  return { host, status: "succeeded", text: "ok" };
}

export function unknownResult(host: string): HostResult {
  const message = `${host}: sent, but not answered: whether it was done is unknown; look at the machine`;
  return { host, status: "failed", code: "unknown", text: "unknown: sent, but not answered", message };
}

export function failedResult(host: string, error: unknown): HostResult {
  if (!(error instanceof IpmiError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { host, status: "failed", code: "internal", text: `internal error: ${message}`, message };
  }
  const { code, message } = error;
  const text =
    error instanceof CompletionCodeError
      ? describeCompletionCode(error.completionCode)
      : TEXT[code as Exclude<IpmiErrorCode, "bmc-completion-code">];
  return { host, status: "failed", code, text, message };
}
