import type { PrivilegeLevel } from "../wire/privilege-level.ts";
import { type BmcName, IpmiError } from "./ipmi-error.ts";

/** The password is not the one the BMC has for this user. Never retried: BMCs lock users out. */
export class BmcPasswordError extends IpmiError {
  readonly code = "bmc-password-invalid";
  readonly username: string;

  constructor(bmc: BmcName, username: string) {
    super(bmc, `the password of user "${username}" is not the one the BMC has`);
    this.username = username;
  }
}

/** The BMC knows no user of this name. Never retried. */
export class BmcUserError extends IpmiError {
  readonly code = "bmc-user-unknown";
  readonly username: string;

  constructor(bmc: BmcName, username: string) {
    super(bmc, `the BMC knows no user "${username}", or the user may not log in over LAN`);
    this.username = username;
  }
}

/** The password is right, but the K_g ("BMC key") is not. Never retried. */
export class BmcKgError extends IpmiError {
  readonly code = "bmc-kg-invalid";

  constructor(bmc: BmcName) {
    super(bmc, "the K_g is not the one the BMC has; give the right one, or none if the BMC has none");
  }
}

/** The user may not have the privilege that the command wants. */
export class BmcPrivilegeError extends IpmiError {
  readonly code = "bmc-privilege-refused";
  readonly privilege: PrivilegeLevel;

  constructor(bmc: BmcName, options: { readonly username: string; readonly privilege: PrivilegeLevel }) {
    super(bmc, `user "${options.username}" may not have privilege ${options.privilege}; raise the user's limit`);
    this.privilege = options.privilege;
  }
}
