import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ServerStartError } from "../errors.ts";
import type { ServiceName } from "../errors.ts";
import { spawnGuarded } from "./guarded-process.ts";
import type { GuardedCommand, GuardedProcess, ProcessExit } from "./guarded-process.ts";
import { readProcessBirth } from "./process-birth.ts";
import { restartDelayMs } from "./restart-delay.ts";
import type { ServerLog } from "./server-log.ts";
import type { ServiceListener } from "./service-event.ts";

const READY_POLL_MS = 10;
const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;

/** How one server is run: the same way each time, so that a restart has the port and the data that it had. */
export interface ServerRecipe {
  readonly service: ServiceName;
  readonly command: Omit<GuardedCommand, "output">;
  readonly log: ServerLog;
  /** Where the birth of the running process is kept, for `endLeftover`. */
  readonly birthPath: string;
  /** Whether the process with this pid answers; asked every 10 ms until it does, for at most a minute. */
  isReady(pid: number): Promise<boolean>;
  readonly stopSignal: NodeJS.Signals;
  readonly onEvent?: ServiceListener | undefined;
}

/**
 * A server that is there until it is stopped. When it ends by itself it is started again, at once and then with
 * growing pauses, for ever: who needs it meanwhile waits. Only the first start may fail.
 */
export class SupervisedServer {
  readonly #recipe: ServerRecipe;
  readonly #stopping = new AbortController();
  #pid = 0;
  /** The process that is up, or the promise of the next. */
  #current: Promise<GuardedProcess>;
  #supervision: Promise<void> = Promise.resolve();

  private constructor(recipe: ServerRecipe) {
    this.#recipe = recipe;
    this.#current = this.#startOnce();
  }

  /**
   * Resolves once the server answers.
   *
   * @throws ServerStartError when it ends first, or does not answer within a minute; nothing is left running then.
   */
  static async start(recipe: ServerRecipe): Promise<SupervisedServer> {
    const server = new SupervisedServer(recipe);
    server.#supervision = server.#supervise(await server.#current);
    return server;
  }

  /** The pid of the latest process, also while it is down. */
  get pid(): number {
    return this.#pid;
  }

  /** The process that answers, or the next one as soon as it does; rejects once the server is being stopped. */
  async whenUp(): Promise<GuardedProcess> {
    this.#stopping.signal.throwIfAborted();
    return this.#current;
  }

  /** Ends the server in order, by force after ten seconds. Repeating it waits for the same end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const current = await this.#current.catch(() => undefined);
    if (current !== undefined) await this.#end(current);
    await this.#supervision;
  }

  async #supervise(first: GuardedProcess): Promise<void> {
    let running = first;
    for (;;) {
      const exit = await running.exited;
      if (this.#stopping.signal.aborted) return;
      this.#recipe.onEvent?.({ kind: "exited", service: this.#recipe.service, pid: running.pid, exit });
      this.#current = this.#restart();
      const next = await this.#current.catch(() => undefined);
      if (next === undefined) return;
      running = next;
    }
  }

  async #restart(): Promise<GuardedProcess> {
    const { service, onEvent } = this.#recipe;
    const downAt = performance.now();
    for (let failedStarts = 0; ;) {
      await delay(restartDelayMs(failedStarts), undefined, { signal: this.#stopping.signal });
      try {
        const started = await this.#startOnce();
        onEvent?.({ kind: "restarted", service, pid: started.pid, downMs: Math.round(performance.now() - downAt) });
        return started;
      } catch (cause) {
        this.#stopping.signal.throwIfAborted();
        const error = cause instanceof Error ? cause : new Error(String(cause));
        onEvent?.({ kind: "restart-failed", service, error, retryInMs: restartDelayMs(++failedStarts) });
      }
    }
  }

  async #startOnce(): Promise<GuardedProcess> {
    const { log, command, service, birthPath } = this.#recipe;
    const logStart = log.sizeBytes;
    const fail = (what: string, cause?: unknown): ServerStartError =>
      new ServerStartError(service, what, log.path, log.readSince(logStart), cause);
    const started = await spawnGuarded({ ...command, output: log.descriptor }).catch((cause: unknown) => {
      throw fail(`${command.command} cannot be run`, cause);
    });
    this.#pid = started.pid;
    writeFileSync(birthPath, JSON.stringify(readProcessBirth(started.pid) ?? null), { mode: 0o600 });
    const state: { exit?: ProcessExit } = {};
    void started.exited.then((exit) => (state.exit = exit));
    const deadline = performance.now() + READY_DEADLINE_MS;
    while (state.exit === undefined && !this.#stopping.signal.aborted && performance.now() < deadline) {
      if (await this.#recipe.isReady(started.pid)) return started;
      await delay(READY_POLL_MS);
    }
    await this.#end(started);
    throw fail(state.exit === undefined ? "it did not answer within a minute" : `it ended (${describe(state.exit)})`);
  }

  async #end(ending: GuardedProcess): Promise<void> {
    ending.kill(this.#recipe.stopSignal);
    const force = setTimeout(() => ending.kill("SIGKILL"), STOP_DEADLINE_MS);
    await ending.exited;
    clearTimeout(force);
  }
}

function describe(exit: ProcessExit): string {
  return "code" in exit ? `exit status ${exit.code}` : exit.signal;
}
