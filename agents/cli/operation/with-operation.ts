import type { CommandRecord, Ending } from "../conclusion/ending.ts";
import type { Operation } from "../coordinator.ts";
import type { Surroundings } from "../surroundings.ts";
import type { BusFlags } from "./flags.ts";
import { refusalEnding } from "./follow.ts";
import { refuseBadId } from "./operation-id.ts";
import { withCoordinator } from "./with-coordinator.ts";

/** Attaches to the operation with that id and does something with it; one that is not to be had is a refusal. */
export async function withOperation(
  surroundings: Surroundings,
  op: string,
  flags: BusFlags,
  { record, signal }: { readonly record: CommandRecord; readonly signal: AbortSignal },
  deed: (operation: Operation) => Promise<Ending>,
): Promise<Ending> {
  refuseBadId(op);
  return withCoordinator(surroundings, flags, { record, signal }, async (coordinator) => {
    const operation = await coordinator.attach(op);
    const refusal = refusalEnding(operation);
    if (refusal) return refusal;
    record.verb = operation.verb;
    record.user = operation.user;
    return deed(operation);
  });
}
