// Activate Payload, App 48h, IPMI 2.0 table 24-2, as used for SOL.
//
//   request   0  payload type (1 = SOL)
//             1  payload instance (1)
//             2  auxiliary data (4)   byte 0: bit 7 encrypted, bit 6 authenticated, bits 2–3: serial alerts (0 fail)
//   response  0  auxiliary data (4)
//             4  most bytes of a payload to the BMC (2)
//             6  most bytes of a payload from the BMC (2)
//             8  UDP port (2)
//            10  VLAN (2), FFFFh = none
//
// Completion codes of its own: 80h active in another session, 81h disabled, 82h no more instances,
// 83h not with encryption, 84h not without.

import { readUint16, writeUint16 } from "../../wire/little-endian.ts";
import { type Command, NETFN } from "../command.ts";

const SOL = 1;
const ENCRYPTED_AND_AUTHENTICATED = 0xc0;
const RESPONSE_BYTES = 12;

export const ALREADY_ACTIVE = 0x80;
export const PAYLOAD_DISABLED = 0x81;
export const INSTANCES_EXHAUSTED = 0x82;

export interface PayloadSizes {
  readonly toBmcBytes: number;
  readonly fromBmcBytes: number;
  readonly port: number;
}

export const activatePayload: Command<{ readonly instance: number }, PayloadSizes> = {
  name: "Activate Payload",
  netFn: NETFN.app,
  command: 0x48,
  privilege: "operator",
  encodeRequest: ({ instance }) => Uint8Array.of(SOL, instance, ENCRYPTED_AND_AUTHENTICATED, 0, 0, 0),
  decodeRequest: (data) =>
    data.length < 2 || ((data[0] ?? 0) & 0x3f) !== SOL ? undefined : { instance: (data[1] ?? 0) & 0x0f },
  encodeResponse({ toBmcBytes, fromBmcBytes, port }) {
    const data = new Uint8Array(RESPONSE_BYTES);
    writeUint16(data, 4, toBmcBytes);
    writeUint16(data, 6, fromBmcBytes);
    writeUint16(data, 8, port);
    writeUint16(data, 10, 0xffff);
    return data;
  },
  decodeResponse(data) {
    if (data.length < RESPONSE_BYTES - 2) return undefined;
    return { toBmcBytes: readUint16(data, 4), fromBmcBytes: readUint16(data, 6), port: readUint16(data, 8) };
  },
};
