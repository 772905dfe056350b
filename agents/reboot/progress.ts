import type { Observation, StepName } from "./ladder/observation.ts";

/** A run's memory in the ledger: what was seen, and what was begun. From this any replica goes on. */
export interface Progress {
  readonly startedAt: string;
  readonly seen: readonly Observation[];
  /** A step that was begun and whose end is not recorded. */
  readonly begun?: StepName;
  /** ISO 8601; set when the wait for a boot begins. */
  readonly bootDeadlineAt?: string;
}

/** The ledger is written by this agent alone, behind its own database role, so what stands there is taken as it is. */
export function progressOf(recorded: unknown, now: string): Progress {
  return recorded === null ? { startedAt: now, seen: [] } : (recorded as Progress);
}
