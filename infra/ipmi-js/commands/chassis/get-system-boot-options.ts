// Get System Boot Options, Chassis 09h, IPMI 2.0 table 28-13.
//
//   request   0  bits 0–6: parameter selector
//             1  set selector
//             2  block selector
//   response  0  bits 0–3: parameter version, 1
//             1  bit 7: parameter is locked or invalid; bits 0–6: parameter selector
//             2  parameter data (table 28-14)

import { type Command, NETFN } from "../command.ts";
import type { BootOptionParameter } from "./boot-option-parameter.ts";

const PARAMETER_VERSION = 1;

export const getSystemBootOptions: Command<{ readonly selector: number }, BootOptionParameter> = {
  name: "Get System Boot Options",
  netFn: NETFN.chassis,
  command: 0x09,
  privilege: "operator",
  encodeRequest: ({ selector }) => Uint8Array.of(selector, 0, 0),
  decodeRequest: (data) => (data.length < 1 ? undefined : { selector: (data[0] ?? 0) & 0x7f }),
  encodeResponse: ({ selector, data }) => Uint8Array.of(PARAMETER_VERSION, selector, ...data),
  decodeResponse: (data) => (data.length < 2 ? undefined : { selector: (data[1] ?? 0) & 0x7f, data: data.slice(2) }),
};
