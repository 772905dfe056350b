// RAKP Message 1, payload type 12h, IPMI 2.0 table 13-11:
//
//    0  message tag
//    1  reserved (3)
//    4  BMC session ID (4)
//    8  console random number (16)
//   24  role                      bit 4: 1 = look the user up by name alone; bits 0–3: privilege wanted
//   25  reserved (2)
//   27  user name length          0–16
//   28  user name

import { readUint32, writeUint32 } from "../little-endian.ts";

const FIXED_BYTES = 28;
const MAX_NAME_BYTES = 16;

export interface Rakp1 {
  readonly tag: number;
  readonly bmcSessionId: number;
  readonly consoleRandom: Uint8Array;
  /** The whole role byte, since that is what the key exchange hashes. */
  readonly role: number;
  readonly username: Uint8Array;
}

export function encodeRakp1(rakp: Rakp1): Uint8Array {
  const message = new Uint8Array(FIXED_BYTES + rakp.username.length);
  message[0] = rakp.tag;
  writeUint32(message, 4, rakp.bmcSessionId);
  message.set(rakp.consoleRandom, 8);
  message[24] = rakp.role;
  message[27] = rakp.username.length;
  message.set(rakp.username, FIXED_BYTES);
  return message;
}

export function decodeRakp1(message: Uint8Array): Rakp1 | undefined {
  const nameBytes = message[27] ?? 0;
  if (message.length < FIXED_BYTES + nameBytes || nameBytes > MAX_NAME_BYTES) return undefined;
  return {
    tag: message[0] ?? 0,
    bmcSessionId: readUint32(message, 4),
    consoleRandom: message.slice(8, 24),
    role: message[24] ?? 0,
    username: message.slice(FIXED_BYTES, FIXED_BYTES + nameBytes),
  };
}
