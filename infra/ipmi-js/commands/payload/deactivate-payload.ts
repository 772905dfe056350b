// Deactivate Payload, App 49h, IPMI 2.0 table 24-3.
//
//   request   0  payload type (1 = SOL)
//             1  payload instance (1)
//             2  auxiliary data (4), 0
//   response     no data; completion codes 80h not active, 81h disabled

import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";

const SOL = 1;

export const deactivatePayload: Command<{ readonly instance: number }, Record<string, never>> = {
  name: "Deactivate Payload",
  netFn: NETFN.app,
  command: 0x49,
  privilege: "operator",
  encodeRequest: ({ instance }) => Uint8Array.of(SOL, instance, 0, 0, 0, 0),
  decodeRequest: (data) =>
    data.length < 2 || ((data[0] ?? 0) & 0x3f) !== SOL ? undefined : { instance: (data[1] ?? 0) & 0x0f },
  encodeResponse: () => NO_DATA,
  decodeResponse: decodeNothing,
};
