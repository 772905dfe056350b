import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 10;

/** Resolves to what `look` finds, once it finds something; throws after `deadlineMs` (10 s by default). */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await pause(LOOK_EVERY_MS);
  }
}
