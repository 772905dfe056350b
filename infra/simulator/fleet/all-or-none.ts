interface Closable {
  close(): Promise<void>;
}

/** Everything that was begun, or the first failure: what did come about is closed before it is thrown. */
export async function allOrNone<T extends Closable>(begun: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(begun);
  const done = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (!failed) return done;
  await Promise.all(done.map((one) => one.close()));
  throw failed.reason;
}
