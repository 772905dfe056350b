import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { unprivilegedCredentials } from "../process/credentials.ts";
import { lockDirectory } from "../process/directory-lock.ts";
import type { DirectoryLock } from "../process/directory-lock.ts";
import { endLeftover } from "../process/leftover.ts";
import { makeReachable } from "../process/reachable-copy.ts";
import { ServerLog } from "../process/server-log.ts";
import type { ServiceListener } from "../process/service-event.ts";
import { startOnPort } from "../process/start-on-port.ts";
import type { ServerOnPort } from "../process/start-on-port.ts";
import { SupervisedServer } from "../process/supervised-server.ts";
import { CONFIG_FILE, ConfigFolder } from "./config-folder.ts";
import { findNatsServer } from "./nats-binary.ts";
import { renderIdentities, renderServerConfig } from "./nats-config.ts";
import { checkIdentities } from "./nats-identity.ts";
import type { NatsIdentity } from "./nats-identity.ts";
import { greetsAs } from "./nats-probe.ts";
import { reloadServer } from "./reload.ts";

/** A nats-server of our own, which is there until `stop`, whatever happens to its process. */
export interface EmbeddedNats extends AsyncDisposable {
  /** `nats://127.0.0.1:PORT`; the same after every restart. */
  readonly url: string;
  /** The present process, or the latest while it is down. */
  readonly pid: number;
  /**
   * Replaces everybody who may connect. Resolves when it is in force: who stays is not disconnected, who is left out
   * is cut. Calls take their turns.
   *
   * @throws IdentitiesRefusedError before anything is written when the set is malformed or names somebody twice.
   * @throws ReloadError when the server does not take it; the former set stays.
   */
  setIdentities(identities: readonly NatsIdentity[]): Promise<void>;
  stop(): Promise<void>;
}

export interface NatsOptions {
  /** The site's directory; the server has `nats/` in it to itself. */
  readonly dir: string;
  /** Default: the one it had in this directory, else a free one. */
  readonly port?: number | undefined;
  readonly identities: readonly NatsIdentity[];
  readonly onEvent?: ServiceListener | undefined;
}

/**
 * Starts nats-server on loopback. It ends when we do, kill -9 included.
 *
 * @throws IdentitiesRefusedError, BinaryMissingError, DirectoryInUseError, PortInUseError, ServerStartError; nothing is
 * left running then.
 */
export async function startNats(options: NatsOptions): Promise<EmbeddedNats> {
  checkIdentities(options.identities);
  const credentials = unprivilegedCredentials();
  const found = findNatsServer();
  const binary = await makeReachable(found, found, credentials);
  const lock = await lockDirectory(join(options.dir, "nats"));
  const log = new ServerLog(join(lock.directory, "server.log"));
  try {
    const birthPath = join(lock.directory, "server.pid");
    await endLeftover(birthPath, "SIGTERM");
    const folder = new ConfigFolder(lock.directory, credentials);
    await folder.share();
    await folder.writeIdentities(renderIdentities(options.identities));
    const serverName = `reveille-${randomBytes(6).toString("hex")}`;
    const started = await startOnPort(join(lock.directory, "port"), options.port, async (port) => {
      await folder.writeConfig(renderServerConfig({ serverName, port }));
      return SupervisedServer.start({
        service: "nats",
        command: {
          command: binary,
          args: ["-c", CONFIG_FILE],
          workingDirectory: lock.directory,
          credentials,
          orphanSignal: "TERM",
        },
        log,
        birthPath,
        isReady: () => greetsAs(serverName, port),
        stopSignal: "SIGTERM",
        onEvent: options.onEvent,
      });
    });
    return new RunningNats(started, folder, log, lock);
  } catch (error) {
    log.close();
    await lock.release();
    throw error;
  }
}

class RunningNats implements EmbeddedNats {
  readonly url: string;
  readonly #server: SupervisedServer;
  readonly #folder: ConfigFolder;
  readonly #log: ServerLog;
  readonly #lock: DirectoryLock;
  #turn: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor({ server, port }: ServerOnPort, folder: ConfigFolder, log: ServerLog, lock: DirectoryLock) {
    this.url = `nats://127.0.0.1:${port}`;
    this.#server = server;
    this.#folder = folder;
    this.#log = log;
    this.#lock = lock;
  }

  get pid(): number {
    return this.#server.pid;
  }

  async setIdentities(identities: readonly NatsIdentity[]): Promise<void> {
    checkIdentities(identities);
    const text = renderIdentities(identities);
    const turn = this.#turn.then(async () => this.#replaceIdentities(text));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #replaceIdentities(text: string): Promise<void> {
    const former = await this.#folder.readIdentities();
    if (former === text) return;
    await this.#folder.writeIdentities(text);
    try {
      await reloadServer(this.#server, this.#log);
    } catch (error) {
      await this.#folder.writeIdentities(former);
      throw error;
    }
  }

  async #stop(): Promise<void> {
    await this.#server.stop();
    await this.#turn;
    this.#log.close();
    await this.#lock.release();
  }
}
