/** What may be wrong with a simulated node. A node may have several. */
export const faultNames = [
  /** Nothing ever answers at the BMC's port. */
  "bmc-dead",
  /** The BMC's password is not the one that the inventory has. */
  "bmc-wrong-password",
  /** The BMC takes 2 s for a reply. */
  "bmc-slow",
  /** The BMC answers "node busy" (C0h) during the first 3 s after it was first spoken to. */
  "bmc-busy",
  /** One packet in ten is lost, each way. */
  "bmc-lossy",
  /** ssh accepts a connection and never says a word; the kernel ignores the diagnostic interrupt and soft power off. */
  "ssh-hangs",
  /** Off when the fleet starts; sound otherwise. */
  "powered-off",
  /** Up when the fleet starts; after any restart its power is on and nothing else ever happens. */
  "hangs-in-bios",
  /** Up when the fleet starts; after any restart it reports BOOTING and never more. */
  "never-boots",
  /** Boots from its disk the first time that it should load an image; shows in a reload alone, as do those below. */
  "falls-off-reload",
  /** Every chunk of an image that it fetches has a bit flipped on the way. */
  "corrupts-image",
  /** Loses its power in the midst of the first image that it writes, once. */
  "dies-mid-load",
  /** Its disk holds no more than 1 MiB. */
  "short-disk",
] as const;
export type FaultName = (typeof faultNames)[number];

export function isFaultName(name: string): name is FaultName {
  return (faultNames as readonly string[]).includes(name);
}
