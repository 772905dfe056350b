import type { WentDown } from "../ladder/observation.ts";
import { seenOf } from "../ladder/observation.ts";
import { type NodeContext, livenessTargetOf } from "../node-context.ts";

/** Waits until the node falls silent or reports from a new boot; null if it answered through all the polls. */
export async function awaitDown(context: NodeContext, polls: number): Promise<WentDown | null> {
  const { tools, settings, run, seen } = context;
  const base = seenOf(seen, "look-up-state");
  const over = new AbortController();
  const newBoot = tools.states
    .waitFor(run.node, ({ bootId }) => (bootId !== undefined && bootId !== base?.bootId ? bootId : undefined), {
      afterId: base?.reportId ?? 0,
      deadlineAtMs: Date.now() + (polls + 1) * settings.silenceIntervalMs,
      signal: over.signal,
    })
    .catch(() => undefined);
  // Only a boot id ends the polls early; running out of time does not.
  const alsoEndsWhen = new Promise<void>((resolve) => {
    void newBoot.then((bootId) => {
      if (bootId !== undefined) resolve();
    });
  });
  try {
    const verdict = await tools.liveness.awaitSilence(livenessTargetOf(context), {
      polls,
      intervalMs: settings.silenceIntervalMs,
      missesNeeded: settings.silenceMisses,
      signal: run.signal,
      alsoEndsWhen,
    });
    if (verdict.silent) return { by: "silence", missedProbes: verdict.missed };
    if (verdict.because === "still-answering") return null;
    const bootId = await newBoot;
    return bootId === undefined ? null : { by: "boot-id", bootId };
  } finally {
    over.abort();
  }
}
