export interface RepeatOptions {
  /** From one beginning to the next, milliseconds. */
  readonly everyMs: number;
  /** Begins now, not only after `everyMs`. */
  readonly atOnce?: boolean;
  /** Hears why a time came to nothing; the next comes all the same. */
  readonly onFault: (error: unknown) => void;
}

/** Does a job again and again, one time after the other: a database that answers slowly is not asked again meanwhile. */
export function repeat(job: () => Promise<void>, options: RepeatOptions): { stop(): Promise<void> } {
  const { everyMs, atOnce = false, onFault } = options;
  let current: Promise<void> | undefined;
  const begin = () => {
    current ??= job()
      .catch(onFault)
      .finally(() => (current = undefined));
  };
  const timer = setInterval(begin, everyMs);
  if (atOnce) begin();
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}
