import { randomUUID } from "node:crypto";
import type { FaultName } from "../faults.ts";
import type { SeededRandom } from "../seeded-random.ts";

/**
 * How one boot will go. All of it is drawn beforehand: a boot that is cut short leaves the next one as it would have been.
 * A boot id alone is never the same again, whatever the seed: the boot agent refuses one that it has heard before.
 */
export interface BootPlan {
  readonly bootId: string;
  /** The firmware asks the boot agent what to boot. */
  readonly asksFirst: boolean;
  /** From power on until a kernel runs. */
  readonly firmwareMs: number;
  /** From there until the machine is up. */
  readonly kernelMs: number;
  /** How far it gets, and stays. */
  readonly reaches: "firmware" | "kernel" | "up";
}

/** The least and the most that a boot takes, in milliseconds. */
export type BootMs = readonly [min: number, max: number];

/** The firmware's part of a boot. */
const FIRMWARE_SHARE = 0.25;

/** The machine was up long before anybody looked: it is there at once, and faults of booting had no occasion. */
export function planFirstBoot(): BootPlan {
  return { bootId: randomUUID(), asksFirst: false, firmwareMs: 0, kernelMs: 0, reaches: "up" };
}

/** Any later boot: draws its time from `random`, and ends where the node's faults have it end. */
export function planBoot(faults: ReadonlySet<FaultName>, bootMs: BootMs, random: SeededRandom): BootPlan {
  const totalMs = random.between(...bootMs);
  const firmwareMs = totalMs * FIRMWARE_SHARE;
  const kernelMs = totalMs - firmwareMs;
  return { bootId: randomUUID(), asksFirst: true, firmwareMs, kernelMs, reaches: reachOf(faults) };
}

function reachOf(faults: ReadonlySet<FaultName>): BootPlan["reaches"] {
  if (faults.has("hangs-in-bios")) return "firmware";
  if (faults.has("never-boots")) return "kernel";
  return "up";
}
