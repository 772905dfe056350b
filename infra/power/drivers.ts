import { createCommandPower } from "./command.ts";
import type { BmcAccess } from "./bmc-access.ts";
import type { PowerConfig } from "./config.ts";
import { createIpmiPower } from "./ipmi.ts";
import { createNonePower } from "./none.ts";
import type { OwnedPowerDriver, PowerDrivers } from "./port.ts";

export interface PowerDriversOptions {
  /** Leave to ask a node's BMC. */
  readonly access: BmcAccess;
}

type DriverKind = PowerConfig["driver"];
type ConfigOf<K extends DriverKind> = Extract<PowerConfig, { driver: K }>;

/** A new power driver is one file and one row here. */
const factories: { readonly [K in DriverKind]: (options: PowerDriversOptions) => OwnedPowerDriver<ConfigOf<K>> } = {
  ipmi: ({ access }) => createIpmiPower(access),
  command: () => createCommandPower(),
  none: () => createNonePower(),
};

/** The drivers of one agent; each is made when the first node of its kind is met. */
export function createPowerDrivers(options: PowerDriversOptions): PowerDrivers {
  const drivers = new Map<DriverKind, OwnedPowerDriver<PowerConfig>>();
  return {
    for({ power }) {
      let driver = drivers.get(power.driver);
      if (!driver) {
        driver = factories[power.driver](options);
        drivers.set(power.driver, driver);
      }
      return driver;
    },
    async [Symbol.asyncDispose]() {
      const held = [...drivers.values()];
      drivers.clear();
      await Promise.all(held.map((driver) => driver[Symbol.asyncDispose]()));
    },
  };
}
