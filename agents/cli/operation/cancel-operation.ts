import { conclude } from "../conclusion/conclude.ts";
import { encodeJson } from "../output/json-documents.ts";
import type { Surroundings } from "../surroundings.ts";
import { type BusFlags, outputModeOf } from "./flags.ts";
import { withOperation } from "./with-operation.ts";

/** Asks an operation's agent to start no further node, and returns; the nodes' ends are for `wait`. */
export async function cancelOperation(surroundings: Surroundings, op: string, flags: BusFlags): Promise<void> {
  const command = { verb: "cancel", op, mode: outputModeOf(flags), isDebug: flags.debug === true };
  await conclude(surroundings, command, (record, signal) =>
    withOperation(surroundings, op, flags, { record, signal }, async (operation) => {
      const cancelled = await operation.cancel();
      operation.detach();
      if (!cancelled.ok) return { kind: "refused", reason: cancelled.reason, detail: cancelled.detail };
      const { verb, user } = operation;
      const words = `cancelling ${op}; nodes in the midst of a step finish it first. For the results: reveille wait ${op}`;
      const document = encodeJson({ op, verb, user, cancelRequested: true });
      await surroundings.stdout.write(`${command.mode === "text" ? words : document}\n`);
      return { kind: "answered" };
    }),
  );
}
