// Set System Boot Options, Chassis 08h, IPMI 2.0 table 28-12.
//
//   request   0  bit 7: mark the parameter invalid; bits 0–6: parameter selector
//             1  parameter data (table 28-14)
//   response     no data; completion codes 80h parameter not supported, 81h set already in progress, 82h read-only

import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";
import type { BootOptionParameter } from "./boot-option-parameter.ts";

export const setSystemBootOptions: Command<BootOptionParameter, Record<string, never>> = {
  name: "Set System Boot Options",
  netFn: NETFN.chassis,
  command: 0x08,
  privilege: "operator",
  encodeRequest: ({ selector, data }) => Uint8Array.of(selector, ...data),
  decodeRequest: (data) => (data.length < 1 ? undefined : { selector: (data[0] ?? 0) & 0x7f, data: data.slice(1) }),
  encodeResponse: () => NO_DATA,
  decodeResponse: decodeNothing,
};
