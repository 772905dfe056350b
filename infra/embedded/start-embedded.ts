import { lockDirectory } from "./process/directory-lock.ts";
import type { DirectoryLock } from "./process/directory-lock.ts";
import type { ServiceListener } from "./process/service-event.ts";
import { startNats } from "./nats/embedded-nats.ts";
import type { EmbeddedNats } from "./nats/embedded-nats.ts";
import type { NatsIdentity } from "./nats/nats-identity.ts";
import { startPostgres } from "./postgres/embedded-postgres.ts";
import type { EmbeddedPostgres } from "./postgres/embedded-postgres.ts";

/** The two services that a site stands on. */
export interface EmbeddedServices extends AsyncDisposable {
  readonly nats: EmbeddedNats;
  readonly postgres: EmbeddedPostgres;
  /** Stops both in order, and gives the directory free. Repeating it waits for the same end. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Holds everything that the services keep; made with mode 0700 when missing. */
  readonly dir: string;
  /** Default: the one it had in this directory, else a free one. */
  readonly natsPort?: number | undefined;
  readonly identities: readonly NatsIdentity[];
  /** PostgreSQL's, default true; false is for tests. */
  readonly durable?: boolean | undefined;
  /** PostgreSQL's, default 100. */
  readonly maxConnections?: number | undefined;
  readonly onEvent?: ServiceListener | undefined;
  /** For a host that locked `dir` itself, to prepare it; `stop` then leaves the lock with the host. */
  readonly lock?: DirectoryLock | undefined;
}

/**
 * Starts nats-server and PostgreSQL side by side. Both are restarted when they end by themselves, on the port and the
 * data that they had, and end when we do, kill -9 included.
 *
 * @throws what `lockDirectory`, `startNats` and `startPostgres` throw; nothing is left running then.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServices> {
  const { dir, natsPort, identities, durable, maxConnections, onEvent } = options;
  const ownLock = options.lock === undefined ? await lockDirectory(dir) : undefined;
  const [nats, postgres] = await Promise.allSettled([
    startNats({ dir, port: natsPort, identities, onEvent }),
    startPostgres({ dir, durable, maxConnections, onEvent }),
  ]);
  if (nats.status === "rejected" || postgres.status === "rejected") {
    if (nats.status === "fulfilled") await nats.value.stop();
    if (postgres.status === "fulfilled") await postgres.value.stop();
    await ownLock?.release();
    throw nats.status === "rejected" ? nats.reason : (postgres as PromiseRejectedResult).reason;
  }
  const stop = async (): Promise<void> => {
    await Promise.all([nats.value.stop(), postgres.value.stop()]);
    await ownLock?.release();
  };
  return { nats: nats.value, postgres: postgres.value, stop, [Symbol.asyncDispose]: stop };
}
