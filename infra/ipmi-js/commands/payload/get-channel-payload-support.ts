// Get Channel Payload Support, App 4Eh, IPMI 2.0 table 24-8, and Get Channel Payload Version, App 4Fh, table 24-9.
//
//   4Eh  request   0  channel
//        response  0  standard payload types 0–15, bit n = type n (2); session set-up types 10h–1Fh (2); OEM (4)
//   4Fh  request   0  channel; 1  payload type
//        response  0  version, 10h = 1.0

import { type Command, NETFN } from "../command.ts";

const IPMI_AND_SOL = 0x03;
const SESSION_SETUP = 0x3f;

export const getChannelPayloadSupport: Command<object, { readonly hasSol: boolean }> = {
  name: "Get Channel Payload Support",
  netFn: NETFN.app,
  command: 0x4e,
  privilege: "user",
  encodeRequest: () => Uint8Array.of(0x0e),
  decodeRequest: () => ({}),
  encodeResponse: ({ hasSol }) => Uint8Array.of(hasSol ? IPMI_AND_SOL : 1, 0, SESSION_SETUP, 0, 0, 0, 0, 0),
  decodeResponse: (data) => (data.length < 8 ? undefined : { hasSol: ((data[0] ?? 0) & 2) !== 0 }),
};

export const getChannelPayloadVersion: Command<
  { readonly payloadType: number },
  { readonly major: number; readonly minor: number }
> = {
  name: "Get Channel Payload Version",
  netFn: NETFN.app,
  command: 0x4f,
  privilege: "user",
  encodeRequest: ({ payloadType }) => Uint8Array.of(0x0e, payloadType),
  decodeRequest: (data) => (data.length < 2 ? undefined : { payloadType: data[1] ?? 0 }),
  encodeResponse: ({ major, minor }) => Uint8Array.of((major << 4) | minor),
  decodeResponse: (data) =>
    data.length < 1 ? undefined : { major: (data[0] ?? 0) >> 4, minor: (data[0] ?? 0) & 0x0f },
};
