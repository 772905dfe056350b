/** How long a node has been silent, in polls. */
export interface SilenceCount {
  readonly polled: number;
  /** Polls missed running, up to the last. */
  readonly missed: number;
}

export const noPollYet: SilenceCount = { polled: 0, missed: 0 };

/** One answer ends a run of misses: a node that stumbles is still up. */
export function afterPoll({ polled, missed }: SilenceCount, wasAnswered: boolean): SilenceCount {
  return { polled: polled + 1, missed: wasAnswered ? 0 : missed + 1 };
}

/** Whether that is silence, whether there is no more to be asked, or neither. */
export function silenceOf(
  { polled, missed }: SilenceCount,
  { polls, missesNeeded }: { readonly polls: number; readonly missesNeeded: number },
): "silent" | "still-answering" | undefined {
  if (missed >= missesNeeded) return "silent";
  return polled >= polls ? "still-answering" : undefined;
}
