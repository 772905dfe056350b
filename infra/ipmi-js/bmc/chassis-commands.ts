import { BOOT_PARAMETER } from "../commands/chassis/boot-option-parameter.ts";
import { type BootOptions, decodeBootFlags, encodeBootFlags } from "../commands/chassis/boot-flags.ts";
import { type ChassisAction, chassisControl } from "../commands/chassis/chassis-control.ts";
import { type IdentifyDuration, chassisIdentify } from "../commands/chassis/chassis-identify.ts";
import { getChassisStatus } from "../commands/chassis/get-chassis-status.ts";
import { getSystemBootOptions } from "../commands/chassis/get-system-boot-options.ts";
import { POWER_RESTORE_POLICIES, type PowerRestorePolicy } from "../commands/chassis/power-restore-policy.ts";
import { setPowerRestorePolicy } from "../commands/chassis/set-power-restore-policy.ts";
import { setSystemBootOptions } from "../commands/chassis/set-system-boot-options.ts";
import { COMPLETION } from "../wire/completion-code.ts";
import type { BmcSession } from "./bmc-session.ts";
import type { BmcChassis } from "./chassis.ts";
import { type CommandHandler, answering } from "./command-answer.ts";

const PARAMETER_NOT_SUPPORTED = 0x80;
const ACKNOWLEDGE_BYTES = 2;
const NO_FLAGS: BootOptions = { device: "none", isPersistent: false, isEfi: false, isValid: false };

/** A control that the chassis was told. */
export interface ControlRecord {
  readonly action: ChassisAction;
  /** `performance.now()`. */
  readonly at: number;
  readonly username: string;
  readonly outcome: "carried-out" | "refused";
}

/** The BMC's chassis commands, carried out on `chassis`. */
export function chassisCommands(
  chassis: BmcChassis,
  onControl: (record: ControlRecord) => void,
): readonly CommandHandler[] {
  let policy: PowerRestorePolicy = "previous";
  let identify: IdentifyDuration = 0;
  let isOnByCommand = false;

  const control = ({ action }: { readonly action: ChassisAction }, session: BmcSession) => {
    const isRefused = chassis.control(action) === "refuse";
    if (!isRefused) isOnByCommand = action === "power-on" || action === "power-cycle";
    onControl({
      action,
      at: performance.now(),
      username: session.keys?.user.username ?? "",
      outcome: isRefused ? "refused" : "carried-out",
    });
    return isRefused ? COMPLETION.notInPresentState : {};
  };

  return [
    answering(chassisControl, control),
    answering(getChassisStatus, () => ({
      powerState: chassis.powerState(),
      hasPowerOverload: false,
      hasPowerFault: false,
      hasPowerControlFault: false,
      powerRestorePolicy: policy,
      wasPoweredOnByCommand: isOnByCommand,
      isIntruded: false,
      hasDriveFault: false,
      hasCoolingFault: false,
      identify: identifyState(identify),
    })),
    answering(chassisIdentify, ({ duration }) => {
      if (chassis.identify?.(duration) === "refuse") return COMPLETION.notInPresentState;
      identify = duration;
      return {};
    }),
    answering(setPowerRestorePolicy, ({ policy: wanted }) => {
      if (wanted !== "no-change") {
        if (chassis.setPowerRestorePolicy?.(wanted) === "refuse") return COMPLETION.notInPresentState;
        policy = wanted;
      }
      return { supported: POWER_RESTORE_POLICIES };
    }),
    ...bootOptionCommands(chassis),
  ];
}

function bootOptionCommands(chassis: BmcChassis): readonly CommandHandler[] {
  const parameters = new Map<number, Uint8Array>([
    [BOOT_PARAMETER.setInProgress, Uint8Array.of(0)],
    [BOOT_PARAMETER.flagValidBitClearing, Uint8Array.of(0)],
    [BOOT_PARAMETER.infoAcknowledge, new Uint8Array(ACKNOWLEDGE_BYTES)],
    [BOOT_PARAMETER.bootFlags, encodeBootFlags(NO_FLAGS)],
  ]);
  return [
    answering(setSystemBootOptions, ({ selector, data }) => {
      const present = parameters.get(selector);
      if (present === undefined) return PARAMETER_NOT_SUPPORTED;
      if (data.length < present.length) return COMPLETION.requestLengthInvalid;
      if (selector === BOOT_PARAMETER.bootFlags) {
        const flags = decodeBootFlags(data);
        if (flags === undefined) return COMPLETION.invalidDataField;
        const told = flags.isValid ? flags : NO_FLAGS;
        const { device, isPersistent, isEfi } = told;
        if (chassis.setBootDevice?.({ device, isPersistent, isEfi }) === "refuse") return COMPLETION.invalidDataField;
      }
      parameters.set(selector, data.slice(0, present.length));
      return {};
    }),
    answering(getSystemBootOptions, ({ selector }) => {
      const data = parameters.get(selector);
      return data === undefined ? PARAMETER_NOT_SUPPORTED : { selector, data };
    }),
  ];
}

function identifyState(duration: IdentifyDuration): "off" | "timed" | "indefinite" {
  if (duration === "indefinite") return "indefinite";
  return duration > 0 ? "timed" : "off";
}
