export { CommandPower, IpmiPower, NoPower, PowerConfig } from "./config.ts";
export type { Credentials } from "./credentials.ts";
export { type PowerDriversOptions, createPowerDrivers } from "./drivers.ts";
export type {
  FireOptions,
  FireOutcome,
  PowerCommand,
  PowerDriver,
  PowerDrivers,
  PowerFailure,
  PowerOptions,
  PowerState,
  PowerTarget,
} from "./port.ts";
