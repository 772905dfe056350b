// Get Channel Authentication Capabilities, App 38h, IPMI 2.0 table 22-15. Asked outside any session.
//
//   request   0  bit 7: wants IPMI 2.0 data, bits 0–3: channel (Eh = this one)
//             1  privilege level
//   response  0  channel
//             1  bit 7: IPMI 2.0 data follows; bits 0–5: authentication types of 1.5
//             2  bit 5: K_g is set; bits 0–2: user names (1 anonymous login, 2 null names, 4 named users)
//             3  bits 0–1: supports IPMI 1.5, IPMI 2.0
//             4  OEM IANA number (3), auxiliary (1)

import { type PrivilegeLevel, privilegeFromNumber, privilegeNumber } from "../../wire/privilege-level.ts";
import { type Command, NETFN } from "../command.ts";

const THIS_CHANNEL = 0x0e;
const WANTS_IPMI20 = 0x80;
const KG_SET = 0x20;
const NAMED_USERS = 0x04;

export interface ChannelAuthenticationCapabilities {
  readonly channel: number;
  readonly isIpmi20Supported: boolean;
  /** The BMC has a K_g other than zero ("two-key login"). */
  readonly isKgSet: boolean;
}

export const getChannelAuthenticationCapabilities: Command<
  { readonly privilege: PrivilegeLevel },
  ChannelAuthenticationCapabilities
> = {
  name: "Get Channel Authentication Capabilities",
  netFn: NETFN.app,
  command: 0x38,
  privilege: "callback",
  encodeRequest: ({ privilege }) => Uint8Array.of(WANTS_IPMI20 | THIS_CHANNEL, privilegeNumber(privilege)),
  decodeRequest(data) {
    const privilege = privilegeFromNumber(data[1] ?? 0);
    return data.length < 2 || privilege === undefined ? undefined : { privilege };
  },
  encodeResponse({ channel, isIpmi20Supported, isKgSet }) {
    return Uint8Array.of(
      channel,
      isIpmi20Supported ? WANTS_IPMI20 : 0,
      NAMED_USERS | (isKgSet ? KG_SET : 0),
      isIpmi20Supported ? 2 : 1,
      0,
      0,
      0,
      0,
    );
  },
  decodeResponse(data) {
    if (data.length < 4) return undefined;
    return {
      channel: (data[0] ?? 0) & 0x0f,
      isIpmi20Supported: ((data[1] ?? 0) & WANTS_IPMI20) !== 0 && ((data[3] ?? 0) & 2) !== 0,
      isKgSet: ((data[2] ?? 0) & KG_SET) !== 0,
    };
  },
};
