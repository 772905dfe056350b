// RAKP Message 2, payload type 13h, IPMI 2.0 table 13-12:
//
//    0  message tag of RAKP 1
//    1  status code               other than 0: the message ends after byte 7
//    2  reserved (2)
//    4  console session ID (4)
//    8  BMC random number (16)
//   24  BMC GUID (16)
//   40  key exchange authentication code   20 bytes (HMAC-SHA1) or 32 (HMAC-SHA256), by which the BMC proves
//                                          that it knows the password

import { readUint32, writeUint32 } from "../little-endian.ts";
import { SETUP_STATUS } from "./status-code.ts";

const FIXED_BYTES = 40;
const REFUSED_BYTES = 8;

export type Rakp2 =
  | {
      readonly kind: "accepted";
      readonly tag: number;
      readonly consoleSessionId: number;
      readonly bmcRandom: Uint8Array;
      readonly guid: Uint8Array;
      readonly authenticationCode: Uint8Array;
    }
  | { readonly kind: "refused"; readonly tag: number; readonly consoleSessionId: number; readonly status: number };

export function encodeRakp2(rakp: Rakp2): Uint8Array {
  const codeBytes = rakp.kind === "accepted" ? rakp.authenticationCode.length : 0;
  const message = new Uint8Array(rakp.kind === "accepted" ? FIXED_BYTES + codeBytes : REFUSED_BYTES);
  message[0] = rakp.tag;
  writeUint32(message, 4, rakp.consoleSessionId);
  if (rakp.kind === "refused") {
    message[1] = rakp.status;
    return message;
  }
  message.set(rakp.bmcRandom, 8);
  message.set(rakp.guid, 24);
  message.set(rakp.authenticationCode, FIXED_BYTES);
  return message;
}

export function decodeRakp2(message: Uint8Array): Rakp2 | undefined {
  if (message.length < REFUSED_BYTES) return undefined;
  const answer = { tag: message[0] ?? 0, consoleSessionId: readUint32(message, 4) };
  const status = message[1] ?? 0;
  if (status !== SETUP_STATUS.ok) return { ...answer, kind: "refused", status };
  if (message.length < FIXED_BYTES) return undefined;
  return {
    ...answer,
    kind: "accepted",
    bmcRandom: message.slice(8, 24),
    guid: message.slice(24, FIXED_BYTES),
    authenticationCode: message.slice(FIXED_BYTES),
  };
}
