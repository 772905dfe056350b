import { type BmcTarget, createIpmiClient } from "../../../infra/ipmi-js/index.ts";
import { FLEET, fleetAddress } from "./fleet.ts";

/** A process that asks again and again, as a daemon does: its code is compiled, its sessions are new each time. */
export interface Resident {
  /** How long it takes, in milliseconds, with new sessions, and again over the same. */
  measure(): Promise<{ readonly coldMs: number; readonly warmMs: number }>;
}

/** A resident client of the first `count` BMCs of the fleet. */
export function createResident(count: number): Resident {
  const targets = Array.from({ length: count }, (_, index): BmcTarget => ({
    ...FLEET,
    address: fleetAddress(index),
    cipherSuite: 3,
  }));
  return {
    async measure() {
      await using client = createIpmiClient();
      const statusOfAll = async () => {
        const startedAt = performance.now();
        await Promise.all(targets.map((target) => client.chassisStatus(target)));
        return performance.now() - startedAt;
      };
      return { coldMs: await statusOfAll(), warmMs: await statusOfAll() };
    },
  };
}
