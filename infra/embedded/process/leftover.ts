import { readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isSameProcessAlive, parseProcessBirth } from "./process-birth.ts";

const PATIENCE_MS = 5_000;

/**
 * Ends the server that an earlier, crashed run left behind, if its guard has not done so yet: asks, waits five
 * seconds, then kills. `birthPath` holds its `ProcessBirth`, so that nobody else who got its pid is touched. Call it
 * with the directory's lock in hand. Repeating it does nothing.
 */
export async function endLeftover(birthPath: string, signal: NodeJS.Signals): Promise<void> {
  const text = await readFile(birthPath, "utf8").catch(() => "");
  const birth = parseProcessBirth(text);
  if (birth !== undefined && isSameProcessAlive(birth)) {
    signalUnlessGone(birth.pid, signal);
    const askedAt = performance.now();
    while (isSameProcessAlive(birth)) {
      if (performance.now() - askedAt > PATIENCE_MS) signalUnlessGone(birth.pid, "SIGKILL");
      await delay(20);
    }
  }
  await rm(birthPath, { force: true });
}

function signalUnlessGone(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
