/** Resolves on SIGINT, SIGTERM, or when the process that forked us is gone; a second signal then ends us at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    process.once("disconnect", () => resolve());
  });
}
