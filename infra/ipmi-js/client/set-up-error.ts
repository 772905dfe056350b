import { BmcKgError, BmcPasswordError, BmcPrivilegeError, BmcUserError } from "../errors/credentials.ts";
import type { BmcName, IpmiError } from "../errors/ipmi-error.ts";
import { BmcNoSessionSlotError, CipherSuiteRefusedError, SessionRefusedError } from "../errors/refusals.ts";
import { classifySetupStatus } from "../wire/setup/status-code.ts";
import type { CipherSuiteId } from "../crypto/cipher-suite.ts";
import type { PrivilegeLevel } from "../wire/privilege-level.ts";

interface Credentials {
  readonly username: string;
  readonly privilege: PrivilegeLevel;
  readonly cipherSuite: CipherSuiteId;
}

/** The error for a set-up that the BMC refused, by table 13-15's status code. */
export function refusalError(
  bmc: BmcName,
  credentials: Credentials,
  refusal: { readonly step: string; readonly status: number },
): IpmiError {
  switch (classifySetupStatus(refusal.status)) {
    case "no-slot":
      return new BmcNoSessionSlotError(bmc);
    case "cipher-suite":
      return new CipherSuiteRefusedError(bmc, credentials.cipherSuite);
    case "privilege":
      return new BmcPrivilegeError(bmc, credentials);
    case "user":
      return new BmcUserError(bmc, credentials.username);
    case "start-over":
    case "other":
      return new SessionRefusedError(bmc, refusal);
  }
}

export function credentialsError(bmc: BmcName, kind: "wrong-password" | "wrong-kg", username: string): IpmiError {
  return kind === "wrong-kg" ? new BmcKgError(bmc) : new BmcPasswordError(bmc, username);
}
