// Chassis Identify, Chassis 04h, IPMI 2.0 table 28-5.
//
//   request   0  interval in seconds, 0 = off (optional, default 15)
//             1  bit 0: force on, indefinitely (optional)
//   response     no data

import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";

const DEFAULT_SECONDS = 15;
const MAX_SECONDS = 255;

/** How long the identify light blinks: seconds (0–255, 0 turns it off), or until it is turned off. */
export type IdentifyDuration = number | "indefinite";

export const chassisIdentify: Command<{ readonly duration: IdentifyDuration }, Record<string, never>> = {
  name: "Chassis Identify",
  netFn: NETFN.chassis,
  command: 0x04,
  privilege: "operator",
  encodeRequest: ({ duration }) =>
    duration === "indefinite" ? Uint8Array.of(0, 1) : Uint8Array.of(Math.min(Math.max(0, duration), MAX_SECONDS)),
  decodeRequest(data) {
    if (((data[1] ?? 0) & 1) !== 0) return { duration: "indefinite" };
    return { duration: data[0] ?? DEFAULT_SECONDS };
  },
  encodeResponse: () => NO_DATA,
  decodeResponse: decodeNothing,
};
