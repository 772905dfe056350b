import { conclude } from "../conclusion/conclude.ts";
import type { Surroundings } from "../surroundings.ts";
import { type FollowFlags, outputModeOf } from "./flags.ts";
import { followOperation, refusalEnding } from "./follow.ts";
import { refuseBadId } from "./operation-id.ts";
import { withCoordinator } from "./with-coordinator.ts";

/** Follows an operation that exists, from wherever it was begun. */
export async function waitForOperation(surroundings: Surroundings, op: string, flags: FollowFlags): Promise<void> {
  const command = { verb: "wait", op, mode: outputModeOf(flags), isDebug: flags.debug === true };
  await conclude(surroundings, command, async (record, signal) => {
    refuseBadId(op);
    return withCoordinator(surroundings, flags, { record, signal }, async (coordinator) => {
      const operation = await coordinator.attach(op);
      const refusal = refusalEnding(operation);
      if (refusal) return refusal;
      record.verb = operation.verb;
      record.user = operation.user;
      record.isSent = true;
      return followOperation(operation, surroundings, flags, signal);
    });
  });
}
