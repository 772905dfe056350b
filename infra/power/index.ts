export { CommandPower, IpmiPower, NoPower, NodePower, PowerConfig, powerProblems } from "./config.ts";
export { type BmcAccess, type BmcLeave, type ExchangeEnd, bmcNameOf } from "./bmc-access.ts";
export { type PowerDriversOptions, createPowerDrivers } from "./drivers.ts";
export { type PowerWay, type WayOptions, noDriverCan, wayOf } from "./way.ts";
export type {
  FireOptions,
  FireOutcome,
  FollowedConsole,
  Insistence,
  PowerCommand,
  PowerDriver,
  PowerDrivers,
  PowerFailure,
  PowerOptions,
  PowerState,
  PowerTarget,
} from "./port.ts";
