import { conclude } from "../conclusion/conclude.ts";
import type { Ending } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { type BusFlags, outputModeOf } from "../operation/flags.ts";
import { withCoordinator } from "../operation/with-coordinator.ts";
import type { Surroundings } from "../surroundings.ts";

/** What a read is given: where to ask, and whether its answer is to be one JSON document. */
interface Read {
  readonly coordinator: Coordinator;
  readonly isJson: boolean;
}

interface ReadCommand {
  readonly verb: string;
  readonly op?: string;
  readonly flags: BusFlags;
  /** Throws where the command line can be seen to be wrong before a bus is looked for. */
  readonly check?: () => void;
}

/** Runs a command that only reads. */
export async function runRead(
  surroundings: Surroundings,
  command: ReadCommand,
  read: (read: Read) => Promise<Ending>,
): Promise<void> {
  const { verb, op, flags } = command;
  const mode = outputModeOf(flags);
  await conclude(surroundings, { verb, op, mode, isDebug: flags.debug === true }, async (record, signal) => {
    command.check?.();
    return withCoordinator(surroundings, flags, { record, signal }, (coordinator) =>
      read({ coordinator, isJson: mode !== "text" }),
    );
  });
}
