import type { BootFlags } from "../commands/chassis/boot-flags.ts";
import type { ChassisAction } from "../commands/chassis/chassis-control.ts";
import type { IdentifyDuration } from "../commands/chassis/chassis-identify.ts";
import type { PowerRestorePolicy } from "../commands/chassis/power-restore-policy.ts";

/** What a chassis may say to a command; `refuse` becomes completion code D5h, "not in present state". */
export type Refusal = "refuse";

/** The machine behind a BMC, as the BMC sees it. Everything is told at once; what takes time goes on by itself. */
export interface BmcChassis {
  powerState(): "on" | "off";
  /** Begins to carry `action` out. */
  control(action: ChassisAction): Refusal | undefined;
  /** Boot flags have been set; `device` is `none` when they were cleared. Without it, they are only kept. */
  setBootDevice?(flags: BootFlags): Refusal | undefined;
  setPowerRestorePolicy?(policy: PowerRestorePolicy): Refusal | undefined;
  identify?(duration: IdentifyDuration): Refusal | undefined;
}
