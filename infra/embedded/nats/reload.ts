import { setTimeout as delay } from "node:timers/promises";
import { ReloadError } from "../errors.ts";
import type { ServerLog } from "../process/server-log.ts";
import type { SupervisedServer } from "../process/supervised-server.ts";

const DEADLINE_MS = 10_000;
const POLL_MS = 5;
const DONE = "Reloaded server configuration";
const REFUSED = /Failed to reload server configuration.*/;

/**
 * Tells nats-server to read its files again, and waits for its own word in the log that it has. A server that is down
 * or ends meanwhile reads them as it starts.
 *
 * @throws ReloadError when it refuses them, or says nothing for ten seconds.
 */
export async function reloadServer(server: SupervisedServer, log: ServerLog): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const running = await server.whenUp();
    const state = { hasExited: false };
    void running.exited.then(() => (state.hasExited = true));
    const start = log.sizeBytes;
    running.kill("SIGHUP");
    while (!state.hasExited && performance.now() < deadline) {
      const said = log.readSince(start);
      const refusal = REFUSED.exec(said);
      if (refusal !== null) throw new ReloadError(refusal[0]);
      if (said.includes(DONE)) return;
      await delay(POLL_MS);
    }
  }
  throw new ReloadError(`it said nothing for ${DEADLINE_MS / 1_000} s; see ${log.path}`);
}
