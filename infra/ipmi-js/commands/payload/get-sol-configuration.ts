// Get SOL Configuration Parameters, Transport 22h, IPMI 2.0 table 26-4.
//
//   request   0  bit 7: revision alone; bits 0–3: channel
//             1  parameter selector (table 26-5)
//             2  set selector, 3  block selector
//   response  0  parameter revision, 11h
//             1  parameter data

import { type Command, NETFN } from "../command.ts";

const REVISION = 0x11;

export const getSolConfiguration: Command<
  { readonly selector: number; readonly isRevisionOnly: boolean },
  { readonly data: Uint8Array }
> = {
  name: "Get SOL Configuration Parameters",
  netFn: NETFN.transport,
  command: 0x22,
  privilege: "user",
  encodeRequest: ({ selector, isRevisionOnly }) => Uint8Array.of(isRevisionOnly ? 0x8e : 0x0e, selector, 0, 0),
  decodeRequest: (data) =>
    data.length < 2 ? undefined : { selector: data[1] ?? 0, isRevisionOnly: ((data[0] ?? 0) & 0x80) !== 0 },
  encodeResponse: ({ data }) => Uint8Array.of(REVISION, ...data),
  decodeResponse: (data) => (data.length < 1 ? undefined : { data: data.slice(1) }),
};
