import { type Results, codeOf } from "../../../contracts/index.ts";
import type { Ending } from "../conclusion/ending.ts";
import type { Operation } from "../coordinator.ts";
import { startReporter } from "../output/reporter.ts";
import type { Surroundings } from "../surroundings.ts";
import { type FollowFlags, outputModeOf } from "./flags.ts";

/** Tells an operation's events as they come, until every node has its result. */
export async function followOperation(
  operation: Operation,
  surroundings: Surroundings,
  flags: FollowFlags,
  signal: AbortSignal,
): Promise<Ending> {
  const reporter = await startReporter(operation, surroundings, {
    mode: outputModeOf(flags),
    hasSteps: flags.debug === true,
  });
  const letGo = () => {
    operation.detach();
    reporter.stop();
  };
  signal.addEventListener("abort", letGo, { once: true });
  try {
    signal.throwIfAborted();
    for await (const event of operation) await reporter.tell(event);
    const { code, results, retry } = await operation.wait({ signal });
    const told = flags.ignoreSkipped ? codeWithoutSkipped(results) : code;
    return { kind: "ended", code: told, results, ...(retry ? { retry } : {}) };
  } finally {
    signal.removeEventListener("abort", letGo);
    reporter.stop();
  }
}

/** How an operation that was refused ends, or undefined if it was not. */
export function refusalEnding(operation: Operation): Ending | undefined {
  return operation.refusal && { kind: "refused", ...operation.refusal };
}

function codeWithoutSkipped(results: Results): number {
  return codeOf(Object.values(results).filter((result) => result.outcome !== "skipped"));
}
