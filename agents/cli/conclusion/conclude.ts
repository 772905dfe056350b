import type { Surroundings } from "../surroundings.ts";
import { endingOfError } from "./ending-of-error.ts";
import type { CommandRecord, Ending } from "./ending.ts";
import { exitStatusOfEnding } from "./exit-status.ts";
import { type PresentOptions, presentEnding } from "./present-ending.ts";

/**
 * Runs a command to its end, whatever that is, prints the end and sets the exit status. On Ctrl-C it leaves `deed` as
 * it stands and aborts `signal`, at which the deed lets go of what it holds; it never cancels an operation.
 */
export async function conclude(
  surroundings: Surroundings,
  command: PresentOptions & { readonly verb: string; readonly op?: string | undefined },
  deed: (record: CommandRecord, signal: AbortSignal) => Promise<Ending>,
): Promise<void> {
  const record: CommandRecord = { verb: command.verb, op: command.op, isSent: false };
  const interruption = new AbortController();
  const interrupted = new Promise<Ending>((resolve) => {
    interruption.signal.addEventListener("abort", () => resolve({ kind: "detached" }));
  });
  const stopListening = surroundings.onInterrupt(() => interruption.abort());
  const done = deed(record, interruption.signal).catch((error: unknown) => endingOfError(error, record));
  const ending = await Promise.race([done, interrupted]);
  stopListening();
  surroundings.setExitStatus(exitStatusOfEnding(ending));
  await presentEnding(ending, record, surroundings, command);
}
