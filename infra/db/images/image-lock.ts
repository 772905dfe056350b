import type { Database } from "../connect.ts";

/** An image's name, held so that nobody else of the site adds, verifies or removes an image of that name meanwhile. */
export interface ImageLock {
  /** Aborted when the lock was lost with its connection: somebody else may hold it by then. */
  readonly signal: AbortSignal;
  /** Throws ImageLockLostError where the lock is held no more. */
  assertHeld(): Promise<void>;
}

/** What `withImageLock` came to: somebody else may be at work on the image. */
export type Locked<T> = { readonly isLocked: true; readonly value: T } | { readonly isLocked: false };

export class ImageLockLostError extends Error {
  readonly code = "image-lock-lost";

  constructor(image: string) {
    super(`the lock of image ${image} was lost with the database's connection`);
    this.name = "ImageLockLostError";
  }
}

/**
 * Runs `deed` while it holds the image's lock, or not at all. The lock is PostgreSQL's, of a session that lasts as long:
 * who is killed holds nothing. A deed whose lock is lost is told by its signal, and fails.
 */
export async function withImageLock<T>(
  { openSession }: Pick<Database, "openSession">,
  image: string,
  deed: (lock: ImageLock) => Promise<T>,
): Promise<Locked<T>> {
  const lost = new AbortController();
  const session = openSession(() => lost.abort(new ImageLockLostError(image)));
  try {
    const [row] = await session<{ isLocked: boolean }[]>`
      select pg_try_advisory_lock(hashtextextended(${`reload.image:${image}`}, 0)) as "isLocked"`;
    if (!row?.isLocked) return { isLocked: false };
    const assertHeld = async () => {
      lost.signal.throwIfAborted();
      // Another session, which the driver may have opened since, holds none.
      const held = await session`select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`;
      if (held.count === 0) throw new ImageLockLostError(image);
    };
    return { isLocked: true, value: await deed({ signal: lost.signal, assertHeld }) };
  } finally {
    await session.end({ timeout: 5 });
  }
}
