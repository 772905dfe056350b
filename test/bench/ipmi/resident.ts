import { type BmcTarget, createIpmiClient } from "../../../infra/ipmi-js/index.ts";
import { FLEET, fleetAddress } from "./fleet.ts";

/** How long a resident client takes, in milliseconds, for `count` new sessions, and for a status over open ones. */
export async function measureResident(
  count: number,
  rounds: number,
): Promise<readonly { readonly coldMs: number; readonly warmMs: number }[]> {
  const targets = Array.from({ length: count }, (_, index): BmcTarget => ({
    ...FLEET,
    address: fleetAddress(index),
    cipherSuite: 3,
  }));
  const measured: { readonly coldMs: number; readonly warmMs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    await using client = createIpmiClient();
    const statusOfAll = async () => {
      const startedAt = performance.now();
      await Promise.all(targets.map((target) => client.chassisStatus(target)));
      return performance.now() - startedAt;
    };
    measured.push({ coldMs: await statusOfAll(), warmMs: await statusOfAll() });
  }
  return measured;
}
