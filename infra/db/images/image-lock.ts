import type { Database, Sql } from "../connect.ts";

const lockOf = (image: string) => `reload.image:${image}`;

/** An image's name, held so that nobody else of the site adds, verifies or removes an image of that name meanwhile. */
export interface ImageLock {
  /** Aborted when the lock was lost with its connection, and somebody else may hold it, or when somebody cancels the deed. */
  readonly signal: AbortSignal;
  /** Throws ImageLockLostError where the lock is held no more, ImageCancelledError where the deed is cancelled. */
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

/** Somebody has had enough of what was being done to an image. */
export class ImageCancelledError extends Error {
  readonly code = "image-cancelled";

  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.name = "ImageCancelledError";
  }
}

/** How often whoever works on an image looks whether that is still wanted, milliseconds. */
const lookEveryMs = 500;

/**
 * Runs `deed` while it holds the image's lock, or not at all. The lock is PostgreSQL's, of a session that lasts as long:
 * who is killed holds nothing. A deed whose lock is lost is told by its signal, and fails.
 */
export async function withImageLock<T>(
  { openSession }: Pick<Database, "openSession">,
  image: string,
  deed: (lock: ImageLock) => Promise<T>,
): Promise<Locked<T>> {
  const left = new AbortController();
  const session = openSession(() => left.abort(new ImageLockLostError(image)));
  const look = async (): Promise<void> => {
    const [row] = await session<{ by: string | null }[]>`select cancelled_by as by from images where name = ${image}`;
    if (row?.by) left.abort(new ImageCancelledError(row.by));
  };
  let looking: NodeJS.Timeout | undefined;
  try {
    const [row] = await session<{ isLocked: boolean }[]>`
      select pg_try_advisory_lock(hashtextextended(${lockOf(image)}, 0)) as "isLocked"`;
    if (!row?.isLocked) return { isLocked: false };
    await session`update images set cancelled_by = null where name = ${image} and cancelled_by is not null`;
    // A connection that is lost says so by itself.
    looking = setInterval(() => void look().catch(() => undefined), lookEveryMs);
    const assertHeld = async () => {
      await look();
      left.signal.throwIfAborted();
      // Another session, which the driver may have opened since, holds none.
      const held = await session`select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`;
      if (held.count === 0) throw new ImageLockLostError(image);
    };
    return { isLocked: true, value: await deed({ signal: left.signal, assertHeld }) };
  } finally {
    clearInterval(looking);
    await session.end({ timeout: 5 });
  }
}

/** Tells whoever is at work on an image that it is wanted no more; false where nobody is. */
export async function cancelImageWork(sql: Sql, image: string, by: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [row] = await tx<{ isIdle: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended(${lockOf(image)}, 0)) as "isIdle"`;
    if (row?.isIdle) return false;
    return (await tx`update images set cancelled_by = ${by} where name = ${image}`).count > 0;
  });
}
