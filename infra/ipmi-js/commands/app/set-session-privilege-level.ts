// Set Session Privilege Level, App 3Bh, IPMI 2.0 table 22-23.
//
//   request   0  privilege level wanted, 0 = no change, tell the present one
//   response  0  new privilege level
//
// Completion codes of its own: 80h level not available to this user, 81h above the channel's or user's limit,
// 82h cannot drop to callback.

import { type PrivilegeLevel, privilegeFromNumber, privilegeNumber } from "../../wire/privilege-level.ts";
import { type Command, NETFN } from "../command.ts";

interface SessionPrivilege {
  /** In a request `undefined` means: no change. */
  readonly privilege: PrivilegeLevel | undefined;
}

export const setSessionPrivilegeLevel: Command<SessionPrivilege, SessionPrivilege> = {
  name: "Set Session Privilege Level",
  netFn: NETFN.app,
  command: 0x3b,
  privilege: "user",
  encodeRequest: ({ privilege }) => Uint8Array.of(privilege === undefined ? 0 : privilegeNumber(privilege)),
  decodeRequest(data) {
    if (data.length < 1) return undefined;
    const privilege = privilegeFromNumber(data[0] ?? 0);
    return privilege === undefined && data[0] !== 0 ? undefined : { privilege };
  },
  encodeResponse: ({ privilege }) => Uint8Array.of(privilege === undefined ? 0 : privilegeNumber(privilege)),
  decodeResponse: (data) => (data.length < 1 ? undefined : { privilege: privilegeFromNumber(data[0] ?? 0) }),
};
