import { conclude } from "../conclusion/conclude.ts";
import type { Surroundings } from "../surroundings.ts";
import { type FollowFlags, outputModeOf } from "./flags.ts";
import { followOperation } from "./follow.ts";
import { withOperation } from "./with-operation.ts";

/** Follows an operation that exists, from wherever it was begun. */
export async function waitForOperation(surroundings: Surroundings, op: string, flags: FollowFlags): Promise<void> {
  const command = { verb: "wait", op, mode: outputModeOf(flags), isDebug: flags.debug === true };
  await conclude(surroundings, command, (record, signal) =>
    withOperation(surroundings, op, flags, { record, signal }, (operation) => {
      record.isSent = true;
      return followOperation(operation, surroundings, flags, signal);
    }),
  );
}
