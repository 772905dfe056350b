// Get Chassis Status, Chassis 01h, IPMI 2.0 table 28-3. No request data. Response:
//
//   0  current power state      bit 0: power on; 1: overload; 2: interlock; 3: power fault; 4: control fault;
//                               bits 5–6: restore policy (0 stays off, 1 previous, 2 powers up, 3 unknown)
//   1  last power event         bit 0: AC failed; 1: overload; 2: interlock; 3: fault; 4: on by IPMI command
//   2  misc. chassis state      bit 0: intrusion; 1: front panel lock-out; 2: drive fault; 3: cooling fault;
//                               bits 4–5: identify (0 off, 1 timed, 2 indefinite); bit 6: identify is told
//   3  front panel buttons      optional

import { type Command, NETFN, NO_DATA, decodeNothing } from "../command.ts";
import { POWER_RESTORE_POLICIES, type PowerRestorePolicy } from "./power-restore-policy.ts";

const IDENTIFY_TOLD = 0x40;
const IDENTIFY_STATES = ["off", "timed", "indefinite"] as const;

export interface ChassisStatus {
  readonly powerState: "on" | "off";
  readonly hasPowerOverload: boolean;
  readonly hasPowerFault: boolean;
  /** The BMC could not carry out a power command ("power control fault"). */
  readonly hasPowerControlFault: boolean;
  readonly powerRestorePolicy: PowerRestorePolicy | "unknown";
  /** The last power-on was by an IPMI command. */
  readonly wasPoweredOnByCommand: boolean;
  readonly isIntruded: boolean;
  readonly hasDriveFault: boolean;
  readonly hasCoolingFault: boolean;
  readonly identify: "off" | "timed" | "indefinite" | "unknown";
}

export const getChassisStatus: Command<Record<string, never>, ChassisStatus> = {
  name: "Get Chassis Status",
  netFn: NETFN.chassis,
  command: 0x01,
  privilege: "user",
  encodeRequest: () => NO_DATA,
  decodeRequest: decodeNothing,
  encodeResponse(status) {
    const policy = status.powerRestorePolicy;
    const identify = status.identify;
    return Uint8Array.of(
      flag(status.powerState === "on", 0) |
        flag(status.hasPowerOverload, 1) |
        flag(status.hasPowerFault, 3) |
        flag(status.hasPowerControlFault, 4) |
        ((policy === "unknown" ? 3 : POWER_RESTORE_POLICIES.indexOf(policy)) << 5),
      flag(status.wasPoweredOnByCommand, 4),
      flag(status.isIntruded, 0) |
        flag(status.hasDriveFault, 2) |
        flag(status.hasCoolingFault, 3) |
        (identify === "unknown" ? 0 : IDENTIFY_TOLD | (IDENTIFY_STATES.indexOf(identify) << 4)),
    );
  },
  decodeResponse(data) {
    if (data.length < 3) return undefined;
    const [power = 0, event = 0, misc = 0] = data;
    const isIdentifyTold = (misc & IDENTIFY_TOLD) !== 0;
    return {
      powerState: has(power, 0) ? "on" : "off",
      hasPowerOverload: has(power, 1),
      hasPowerFault: has(power, 3),
      hasPowerControlFault: has(power, 4),
      powerRestorePolicy: POWER_RESTORE_POLICIES[(power >> 5) & 3] ?? "unknown",
      wasPoweredOnByCommand: has(event, 4),
      isIntruded: has(misc, 0),
      hasDriveFault: has(misc, 2),
      hasCoolingFault: has(misc, 3),
      identify: (isIdentifyTold ? IDENTIFY_STATES[(misc >> 4) & 3] : undefined) ?? "unknown",
    };
  },
};

function flag(isSet: boolean, bit: number): number {
  return isSet ? 1 << bit : 0;
}

function has(byte: number, bit: number): boolean {
  return (byte & (1 << bit)) !== 0;
}
