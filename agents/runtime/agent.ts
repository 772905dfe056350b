/** A running replica of an agent. */
export interface RunningAgent {
  /** Takes nothing new, finishes or hands over what it has, and lets go of the bus and the database. */
  stop(): Promise<void>;
}

/** Runs each stop, in order, even if one fails; then throws the first failure. */
export async function stopInOrder(stops: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
