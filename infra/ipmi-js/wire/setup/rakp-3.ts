// RAKP Message 3, payload type 14h, IPMI 2.0 table 13-13:
//
//   0  message tag
//   1  status code               other than 0 tells the BMC to drop the session; the message ends after byte 7
//   2  reserved (2)
//   4  BMC session ID (4)
//   8  key exchange authentication code   20 bytes (HMAC-SHA1) or 32 (HMAC-SHA256), by which the console proves
//                                         that it knows the password

import { readUint32, writeUint32 } from "../little-endian.ts";

const FIXED_BYTES = 8;

export interface Rakp3 {
  readonly tag: number;
  readonly status: number;
  readonly bmcSessionId: number;
  /** Empty when `status` is not 0. */
  readonly authenticationCode: Uint8Array;
}

export function encodeRakp3(rakp: Rakp3): Uint8Array {
  const message = new Uint8Array(FIXED_BYTES + rakp.authenticationCode.length);
  message[0] = rakp.tag;
  message[1] = rakp.status;
  writeUint32(message, 4, rakp.bmcSessionId);
  message.set(rakp.authenticationCode, FIXED_BYTES);
  return message;
}

export function decodeRakp3(message: Uint8Array): Rakp3 | undefined {
  if (message.length < FIXED_BYTES) return undefined;
  return {
    tag: message[0] ?? 0,
    status: message[1] ?? 0,
    bmcSessionId: readUint32(message, 4),
    authenticationCode: message.subarray(FIXED_BYTES),
  };
}
