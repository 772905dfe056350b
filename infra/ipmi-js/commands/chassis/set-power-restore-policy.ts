// Set Power Restore Policy, Chassis 06h, IPMI 2.0 table 28-8.
//
//   request   0  bits 0–2: 0 stays off, 1 previous state, 2 powers up, 3 no change (tell what is supported)
//   response  0  supported policies, bit n = policy n

import { type Command, NETFN } from "../command.ts";
import { POWER_RESTORE_POLICIES, type PowerRestorePolicy } from "./power-restore-policy.ts";

const NO_CHANGE = 3;

export const setPowerRestorePolicy: Command<
  { readonly policy: PowerRestorePolicy | "no-change" },
  { readonly supported: readonly PowerRestorePolicy[] }
> = {
  name: "Set Power Restore Policy",
  netFn: NETFN.chassis,
  command: 0x06,
  privilege: "operator",
  encodeRequest: ({ policy }) =>
    Uint8Array.of(policy === "no-change" ? NO_CHANGE : POWER_RESTORE_POLICIES.indexOf(policy)),
  decodeRequest(data) {
    const number = (data[0] ?? 0) & 7;
    if (data.length < 1 || number > NO_CHANGE) return undefined;
    return { policy: POWER_RESTORE_POLICIES[number] ?? "no-change" };
  },
  encodeResponse: ({ supported }) =>
    Uint8Array.of(supported.reduce((bits, policy) => bits | (1 << POWER_RESTORE_POLICIES.indexOf(policy)), 0)),
  decodeResponse(data) {
    if (data.length < 1) return undefined;
    const bits = data[0] ?? 0;
    return { supported: POWER_RESTORE_POLICIES.filter((_, index) => (bits & (1 << index)) !== 0) };
  },
};
