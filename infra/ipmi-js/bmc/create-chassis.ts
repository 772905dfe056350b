import type { BootFlags } from "../commands/chassis/boot-flags.ts";
import type { ChassisAction } from "../commands/chassis/chassis-control.ts";
import type { BmcChassis } from "./chassis.ts";

export interface ChassisOptions {
  /** Default `off`. */
  readonly powerState?: "on" | "off";
  /** From a power-on until the power reads on, default 0 ms. */
  readonly powerOnMs?: number;
  /** From a power-off until the power reads off, default 0 ms. */
  readonly powerOffMs?: number;
  /** How long a power cycle leaves the power off, default 1,000 ms. */
  readonly cycleOffMs?: number;
  /** From a soft shutdown until the power reads off, default 0 ms; `ignored` by an operating system without ACPI. */
  readonly softShutdownMs?: number | "ignored";
  /** The power has gone on or off, or the machine was reset while on. */
  readonly onPower?: (event: "on" | "off" | "reset") => void;
  readonly onDiagnosticInterrupt?: () => void;
}

/** A ready-made machine with a power supply that takes its time. */
export interface Chassis extends BmcChassis {
  /** What Set System Boot Options last set. */
  readonly bootFlags: BootFlags;
  /** Cuts short whatever the power supply was doing. */
  stop(): void;
}

/**
 * Creates a machine for `startBmc`. A new power action takes the place of one that is not finished; cycle, reset and
 * diagnostic interrupt are refused while it is off.
 */
export function createChassis(options: ChassisOptions = {}): Chassis {
  let powerState = options.powerState ?? "off";
  let bootFlags: BootFlags = { device: "none", isPersistent: false, isEfi: false };
  let pending: NodeJS.Timeout | undefined;

  const after = (ms: number, deed: () => void) => {
    clearTimeout(pending);
    if (ms <= 0) deed();
    else pending = setTimeout(deed, ms).unref();
  };
  const turn = (state: "on" | "off") => {
    if (powerState === state) return;
    powerState = state;
    options.onPower?.(state);
  };
  const turnOn = () => after(options.powerOnMs ?? 0, () => turn("on"));

  const control = (action: ChassisAction): "refuse" | undefined => {
    const isOff = powerState === "off";
    switch (action) {
      case "power-on":
        turnOn();
        return undefined;
      case "power-off":
        after(options.powerOffMs ?? 0, () => turn("off"));
        return undefined;
      case "soft-shutdown":
        if (options.softShutdownMs !== "ignored") after(options.softShutdownMs ?? 0, () => turn("off"));
        return undefined;
      case "power-cycle":
        if (isOff) return "refuse";
        after(options.powerOffMs ?? 0, () => {
          turn("off");
          after(options.cycleOffMs ?? 1_000, turnOn);
        });
        return undefined;
      case "hard-reset":
        if (isOff) return "refuse";
        options.onPower?.("reset");
        return undefined;
      case "diagnostic-interrupt":
        if (isOff) return "refuse";
        options.onDiagnosticInterrupt?.();
        return undefined;
    }
  };

  return {
    powerState: () => powerState,
    control,
    setBootDevice(flags) {
      bootFlags = flags;
    },
    get bootFlags() {
      return bootFlags;
    },
    stop: () => clearTimeout(pending),
  };
}
