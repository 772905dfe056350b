// Chassis Control, Chassis 02h, IPMI 2.0 table 28-4.
//
//   request   0  bits 0–3: 0 power down, 1 power up, 2 power cycle, 3 hard reset, 4 diagnostic interrupt, 5 soft-off
//   response     no data

import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";

/** What Chassis Control can ask for, in the order of the wire. */
export type ChassisAction =
  "power-off" | "power-on" | "power-cycle" | "hard-reset" | "diagnostic-interrupt" | "soft-shutdown";

export const CHASSIS_ACTIONS: readonly ChassisAction[] = [
  "power-off",
  "power-on",
  "power-cycle",
  "hard-reset",
  "diagnostic-interrupt",
  "soft-shutdown",
];

export const chassisControl: Command<{ readonly action: ChassisAction }, Record<string, never>> = {
  name: "Chassis Control",
  netFn: NETFN.chassis,
  command: 0x02,
  privilege: "operator",
  encodeRequest: ({ action }) => Uint8Array.of(CHASSIS_ACTIONS.indexOf(action)),
  decodeRequest(data) {
    const action = data.length < 1 ? undefined : CHASSIS_ACTIONS[(data[0] ?? 0) & 0x0f];
    return action === undefined ? undefined : { action };
  },
  encodeResponse: () => NO_DATA,
  decodeResponse: decodeNothing,
};

/**
 * Whether asking twice is the same as asking once. A second cycle, reset or diagnostic interrupt restarts a machine
 * that has just been restarted.
 */
export function isRepeatable(action: ChassisAction): boolean {
  return action === "power-on" || action === "power-off" || action === "soft-shutdown";
}
