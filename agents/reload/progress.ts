import type { Observation } from "./ladder/observation.ts";

/** A run's memory in the ledger: what was seen. From this any replica goes on. */
export interface Progress {
  readonly startedAt: string;
  readonly seen: readonly Observation[];
}

/** The ledger is written by this agent alone, behind its own database role, so what stands there is taken as it is. */
export function progressOf(recorded: unknown, now: string): Progress {
  return recorded === null ? { startedAt: now, seen: [] } : (recorded as Progress);
}
