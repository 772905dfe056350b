import { networkInterfaces } from "node:os";
import { LabError } from "../errors.ts";

/** Every interface of a lab begins so. */
export const interfacePrefix = "rv";

/**
 * Makes sure that this process is root in a network namespace of its own, where bridges, DHCP servers and BMCs are in
 * nobody's way and vanish with the last process. `npm run test:lab` starts one, with its loopback up.
 *
 * @throws LabError where that is not so: nothing is ever changed in the machine's own network.
 */
export function checkOwnNamespace(): void {
  if (process.getuid?.() !== 0) throw new LabError("the lab needs root, for network devices and virtual machines");
  const foreign = Object.entries(networkInterfaces()).find(
    ([name, addresses = []]) => !name.startsWith(interfacePrefix) && addresses.some(({ internal }) => !internal),
  );
  if (foreign !== undefined)
    throw new LabError(`the lab needs a network of its own, and sees ${foreign[0]}: run it by unshare --net`);
}
