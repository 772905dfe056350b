import type { CommandRecord } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import type { Surroundings } from "../surroundings.ts";
import type { BusFlags } from "./flags.ts";

/** Connects for as long as `deed` runs; an abort lets go of the bus at once, so that the process can end. */
export async function withCoordinator<T>(
  surroundings: Surroundings,
  flags: BusFlags,
  { record, signal }: { readonly record: CommandRecord; readonly signal: AbortSignal },
  deed: (coordinator: Coordinator) => Promise<T>,
): Promise<T> {
  const coordinator = await surroundings.openBus({ contextFile: flags.context, site: flags.site });
  record.user = coordinator.user;
  // The answer is in hand by then: how the bus takes the farewell changes nothing of it.
  const close = () => coordinator.close().catch(() => undefined);
  const closeAtAbort = () => void close();
  signal.addEventListener("abort", closeAtAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await deed(coordinator);
  } finally {
    signal.removeEventListener("abort", closeAtAbort);
    await close();
  }
}
