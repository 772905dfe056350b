import { type StateChange, pxeWaitingStates } from "../../../contracts/index.ts";
import { type ObservationOf, seenOf } from "../ladder/observation.ts";
import type { NodeContext } from "../node-context.ts";

/**
 * Wakes a node that waits in PXE: awake is what has reported since that it goes on. Its word is waited for before the
 * wish is sent, and no longer than the type says: then, or if nobody took the wish, the power cycle is next.
 */
export async function wake({ tools, run, settings, seen }: NodeContext): Promise<ObservationOf<"wake">> {
  const base = seenOf(seen, "look-up-state");
  const over = new AbortController();
  const wentOn = tools.states
    .waitFor(run.node, (change) => (isGoingOn(change) ? true : undefined), {
      afterId: base?.reportId ?? 0,
      deadlineAtMs: Date.now() + settings.wakeMs,
      signal: AbortSignal.any([run.leaveSignal, over.signal]),
    })
    .catch(() => undefined);
  try {
    const isTaken = await tools.waker.wake(run.node);
    const isAwake = isTaken && (await wentOn) === true;
    run.leaveSignal.throwIfAborted();
    return { step: "wake", isAwake };
  } finally {
    over.abort();
  }
}

/** PXEWAKEUP, and whatever comes after it; that it waits anew proves nothing. */
function isGoingOn({ state }: StateChange): boolean {
  return state === "PXEWAKEUP" || !pxeWaitingStates.has(state);
}
