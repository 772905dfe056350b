// RAKP Message 4, payload type 15h, IPMI 2.0 table 13-14:
//
//   0  message tag of RAKP 3
//   1  status code               other than 0: the message ends after byte 7
//   2  reserved (2)
//   4  console session ID (4)
//   8  integrity check value     12 bytes (HMAC-SHA1-96) or 16 (HMAC-SHA256-128), made with the session integrity
//                                key, and so with K_g

import { readUint32, writeUint32 } from "../little-endian.ts";
import { SETUP_STATUS } from "./status-code.ts";

const FIXED_BYTES = 8;

export interface Rakp4 {
  readonly tag: number;
  readonly status: number;
  readonly consoleSessionId: number;
  /** Empty when `status` is not 0. */
  readonly integrityCheck: Uint8Array;
}

export function encodeRakp4(rakp: Rakp4): Uint8Array {
  const message = new Uint8Array(FIXED_BYTES + rakp.integrityCheck.length);
  message[0] = rakp.tag;
  message[1] = rakp.status;
  writeUint32(message, 4, rakp.consoleSessionId);
  message.set(rakp.integrityCheck, FIXED_BYTES);
  return message;
}

export function decodeRakp4(message: Uint8Array): Rakp4 | undefined {
  if (message.length < FIXED_BYTES) return undefined;
  const status = message[1] ?? 0;
  return {
    tag: message[0] ?? 0,
    status,
    consoleSessionId: readUint32(message, 4),
    integrityCheck: status === SETUP_STATUS.ok ? message.slice(FIXED_BYTES) : new Uint8Array(0),
  };
}
