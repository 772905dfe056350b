import { personPermissions } from "../../../contracts/index.ts";
import { renderIdentities } from "../../../infra/embedded/index.ts";
import type { BusFlags } from "../operation/flags.ts";
import { runRead } from "../reading/run-read.ts";
import type { Surroundings } from "../surroundings.ts";
import { readEntries } from "./read-entries.ts";

/** What nats-server lets each person do who is not revoked, as the lines of the file that it includes. */
export async function printPermissions(surroundings: Surroundings, flags: BusFlags): Promise<void> {
  await runRead(surroundings, { verb: "user permissions", flags }, async ({ coordinator }) => {
    const users = await readEntries(coordinator, "users");
    const identities = users.flatMap(({ name, publicKey, isRevoked }) =>
      publicKey === undefined || isRevoked
        ? []
        : [{ name, publicKey, permissions: personPermissions(coordinator.site, name) }],
    );
    await surroundings.stdout.write(renderIdentities(identities));
    return { kind: "answered" };
  });
}
