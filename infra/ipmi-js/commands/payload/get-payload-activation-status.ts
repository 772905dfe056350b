// Get Payload Activation Status, App 4Ah, IPMI 2.0 table 24-4.
//
//   request   0  payload type (1 = SOL)
//   response  0  bits 0–3: how many instances there may be
//             1  instances 1–8 that are active, bit n = instance n + 1
//             2  instances 9–16

import { type Command, NETFN } from "../command.ts";

export const getPayloadActivationStatus: Command<{ readonly payloadType: number }, { readonly isActive: boolean }> = {
  name: "Get Payload Activation Status",
  netFn: NETFN.app,
  command: 0x4a,
  privilege: "user",
  encodeRequest: ({ payloadType }) => Uint8Array.of(payloadType),
  decodeRequest: (data) => (data.length < 1 ? undefined : { payloadType: data[0] ?? 0 }),
  encodeResponse: ({ isActive }) => Uint8Array.of(1, isActive ? 1 : 0, 0),
  decodeResponse: (data) => (data.length < 3 ? undefined : { isActive: ((data[1] ?? 0) & 1) !== 0 }),
};
