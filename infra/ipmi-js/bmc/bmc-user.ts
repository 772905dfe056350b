import type { PrivilegeLevel } from "../wire/privilege-level.ts";

/** A user that a BMC knows. */
export interface BmcUser {
  readonly username: string;
  /** At most 20 bytes (UTF-8 if a string). */
  readonly password: string | Uint8Array;
  /** The highest privilege, default `administrator`. */
  readonly privilege?: PrivilegeLevel;
}
