import type { FaultName } from "../faults.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { type HostKey, createHostKey } from "../ssh/host-key.ts";

/** What a node is known by, the same for the same seed and name. */
export interface NodeIdentity {
  readonly hostKey: HostKey;
  readonly bmcUsername: string;
  /** What the inventory is told. */
  readonly bmcPassword: string;
  /** What the BMC accepts: another one, where the fault says so. */
  readonly acceptedPassword: string;
}

/** Passwords have 16 characters; IPMI 2.0 would take 20. */
export function identityOf(
  { name, faults }: { readonly name: string; readonly faults: readonly FaultName[] },
  seed: number,
): NodeIdentity {
  const random = createSeededRandom(`${seed}/${name}/identity`);
  const password = (): string => Buffer.from(random.bytes(8)).toString("hex");
  const hostKey = createHostKey(random.bytes(32));
  const bmcPassword = password();
  const otherPassword = password();
  return {
    hostKey,
    bmcUsername: "reveille",
    bmcPassword,
    acceptedPassword: faults.includes("bmc-wrong-password") ? otherPassword : bmcPassword,
  };
}
