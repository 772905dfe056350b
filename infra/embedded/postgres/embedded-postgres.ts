import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { unprivilegedCredentials, grantFolder } from "../process/credentials.ts";
import { lockDirectory } from "../process/directory-lock.ts";
import type { DirectoryLock } from "../process/directory-lock.ts";
import { endLeftover } from "../process/leftover.ts";
import { ServerLog } from "../process/server-log.ts";
import type { ServiceListener } from "../process/service-event.ts";
import { startOnPort } from "../process/start-on-port.ts";
import type { ServerOnPort } from "../process/start-on-port.ts";
import { SupervisedServer } from "../process/supervised-server.ts";
import { readSecret, writeSecret } from "../secret-file.ts";
import { DATABASE, SUPERUSER, makeCluster } from "./make-cluster.ts";
import { findPostgres } from "./postgres-binaries.ts";
import { postgresSettings, settingArguments } from "./postgres-settings.ts";

/** A PostgreSQL of our own, which is there until `stop`, whatever happens to its process. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** The superuser's URL of the database `reveille`, password included: never to be logged. */
  readonly adminUrl: string;
  /** Another role's URL of the same database. */
  urlFor(role: string, password: string): string;
  /** The present postmaster, or the latest while it is down. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** The site's directory; the server has `postgres/` in it to itself. */
  readonly dir: string;
  /** Default: the one it had in this directory, else a free one. */
  readonly port?: number | undefined;
  /** Default true. False, for tests, is quicker and may lose everything when the machine crashes (not the process). */
  readonly durable?: boolean | undefined;
  /** Default 100. */
  readonly maxConnections?: number | undefined;
  readonly onEvent?: ServiceListener | undefined;
}

/**
 * Starts PostgreSQL on loopback, on the cluster in the directory or on a new one. It ends when we do, kill -9 included.
 *
 * @throws BinaryMissingError, ClusterVersionError, DirectoryInUseError, PortInUseError, SecretExposedError,
 * ServerStartError; nothing is left running then.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDirectory(join(options.dir, "postgres"));
  const log = new ServerLog(join(lock.directory, "server.log"));
  try {
    const password = await keepPassword(join(lock.directory, "admin.secret"));
    const started = await startServer(options, { folder: lock.directory, password, log });
    return new RunningPostgres(started, password, log, lock);
  } catch (error) {
    log.close();
    await lock.release();
    throw error;
  }
}

async function startServer(
  { port: askedPort, durable: isDurable = true, maxConnections = 100, onEvent }: PostgresOptions,
  { folder, password, log }: { readonly folder: string; readonly password: string; readonly log: ServerLog },
): Promise<ServerOnPort> {
  const credentials = unprivilegedCredentials();
  const directory = join(folder, "data");
  const birthPath = join(folder, "server.pid");
  await endLeftover(birthPath, "SIGINT");
  const binaries = await findPostgres(credentials, await readCluster(directory));
  if (!existsSync(directory)) {
    await makeCluster({ directory, password, isDurable, binaries, credentials, log });
  }
  const postmasterFile = join(directory, "postmaster.pid");
  // Ours is gone, so this is stale; left there, it would stop a new server once its pid is somebody else's. Should a
  // server run here all the same, PostgreSQL finds its shared memory and refuses.
  await rm(postmasterFile, { force: true });
  return startOnPort(join(folder, "port"), askedPort, async (port) => {
    const settings = postgresSettings({ port, major: binaries.major, maxConnections, isDurable });
    const { path, openFolder } = grantFolder(directory, credentials);
    const args = ["-D", path, ...settingArguments(settings)];
    return SupervisedServer.start({
      service: "postgres",
      command: { command: binaries.postgres, args, openFolder, credentials, orphanSignal: "INT" },
      log,
      birthPath,
      isReady: async (pid) => isPostmasterReady(postmasterFile, pid),
      stopSignal: "SIGINT",
      onEvent,
    });
  });
}

async function readCluster(directory: string): Promise<{ directory: string; major: number } | undefined> {
  if (!existsSync(directory)) return undefined;
  return { directory, major: Number(await readFile(join(directory, "PG_VERSION"), "utf8")) };
}

/** The superuser's password, made with the first start. */
async function keepPassword(path: string): Promise<string> {
  if (!existsSync(path)) await writeSecret(path, randomBytes(24).toString("base64url"));
  return readSecret(path);
}

/** The first line of postmaster.pid is its pid, the eighth its state (the word that pg_ctl waits for). */
async function isPostmasterReady(path: string, pid: number): Promise<boolean> {
  const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

class RunningPostgres implements EmbeddedPostgres {
  readonly adminUrl: string;
  readonly #server: SupervisedServer;
  readonly #port: number;
  readonly #log: ServerLog;
  readonly #lock: DirectoryLock;
  #stopped: Promise<void> | undefined;

  constructor({ server, port }: ServerOnPort, password: string, log: ServerLog, lock: DirectoryLock) {
    this.#server = server;
    this.#port = port;
    this.#log = log;
    this.#lock = lock;
    this.adminUrl = this.urlFor(SUPERUSER, password);
  }

  get pid(): number {
    return this.#server.pid;
  }

  urlFor(role: string, password: string): string {
    return `postgres://${encodeURIComponent(role)}:${encodeURIComponent(password)}@127.0.0.1:${this.#port}/${DATABASE}`;
  }

  async stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.#server.stop();
    this.#log.close();
    await this.#lock.release();
  }
}
