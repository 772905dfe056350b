import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import pLimit from "p-limit";
import { type Knock, createInboxPublisher, openFrontDoor } from "../../bus/index.ts";
import { agentOfVerb, subjectsOf, verbs } from "../../contracts/index.ts";
import {
  type Recorded,
  type RunChange,
  endQueued,
  readSealedPassword,
  readUserOfKey,
  runKey,
} from "../../infra/db/index.ts";
import { createLiveness } from "../../infra/liveness/index.ts";
import { createPowerDrivers } from "../../infra/power/index.ts";
import { openSealed } from "../../infra/secrets/index.ts";
import { type Ssh, createSsh } from "../../infra/ssh/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { createIdentify } from "../runtime/identify.ts";
import { createLedgerWriter } from "../runtime/ledger-writer.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createRefusalLog } from "../runtime/refusals.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { createWorker } from "../runtime/worker.ts";
import { unstartedResult } from "./admission.ts";
import { createTurns } from "./turns.ts";
import { driveNode } from "./drive-node.ts";
import { createCommandHandler } from "./handle-command.ts";

/** How many ssh clients run at once: each is a process of some ten megabytes. */
const maxSshClients = 64;

/**
 * The reboot agent: the only one with the BMC passwords and the root ssh key. Admits `reboot`, `power` and their
 * cancels at its door, and drives the nodes that its worker loop takes from the ledger. Any number of replicas run side
 * by side.
 */
export async function startRebootAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"reboot">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `reboot-${randomUUID()}`;
  const sealingKey = (await readFile(section.sealingKeyFile, "utf8")).trim();
  await mkdir(section.knownHostsDir, { recursive: true, mode: 0o700 });
  const place = await joinSite(config, section, owner);
  const { connection, database } = place;
  const { sql } = database;
  const subjects = subjectsOf(site);
  const publisher = createInboxPublisher(connection, site, "reboot");
  const states = createStateWatcher(connection, site, sql, log);
  const drivers = createPowerDrivers({
    credentials: async (node) => {
      const sealed = await readSealedPassword(sql, node);
      return sealed === undefined ? undefined : { password: openSealed(sealingKey, sealed, node) };
    },
  });
  const tools = {
    ssh: limited(createSsh({ keyFile: section.sshKeyFile, knownHostsDir: section.knownHostsDir }), maxSshClients),
    liveness: createLiveness(),
    states,
    turns: createTurns(sql),
  };
  const overFailures = new Set<string>();

  function onRecorded({ guests, operations, written }: Recorded, changes: readonly RunChange[]): void {
    const users = new Map(operations.map(({ op, user }) => [op, user]));
    for (const change of changes) {
      const user = users.get(change.op);
      if (!change.result || user === undefined || !written.has(runKey(change))) continue;
      publisher.event({ op: change.op, user }, { kind: "result", node: change.node, result: change.result });
    }
    for (const { op, node, result } of guests) {
      const user = users.get(op);
      if (user !== undefined) publisher.event({ op, user }, { kind: "result", node, result });
    }
    for (const { op, user, failedCount, maxFailures, finishedAt } of operations) {
      if (finishedAt !== null) {
        overFailures.delete(op);
        publisher.finished({ op, user }, failedCount, finishedAt);
      } else if (maxFailures !== null && failedCount > maxFailures && !overFailures.has(op)) {
        overFailures.add(op);
        void stopWave(op).catch((err: unknown) => log.error({ err, op }, "the wave could not be stopped"));
      }
    }
  }

  /** Ends the nodes of an operation that nobody has started. */
  async function endUnstarted(op: string, result: ReturnType<typeof unstartedResult>): Promise<void> {
    const { ended, operation } = await endQueued(sql, op, result);
    if (!operation) return;
    const to = { op, user: operation.user };
    for (const run of ended) publisher.event(to, { kind: "result", node: run.node, result: run.result });
    if (operation.finishedAt !== null) publisher.finished(to, operation.failedCount, operation.finishedAt);
  }
  const stopWave = (op: string) =>
    endUnstarted(op, unstartedResult("skipped", "too-many-failures", new Date().toISOString()));

  const writer = createLedgerWriter({ sql, owner, log, onRecorded });
  const worker = createWorker({
    database,
    owner,
    log,
    drive: (run) =>
      driveNode(run, {
        tools,
        drivers,
        write: (change) => writer.write(change),
        tell: ({ op, operation }, event) => publisher.event({ op, user: operation.user }, event),
        onPostponed: (postponeMs) => worker.pokeIn(postponeMs),
        isOverFailures: (op) => overFailures.has(op),
      }),
  });

  const handle = createCommandHandler({
    sql,
    publisher,
    log,
    onAdmitted: () => {
      connection.publish(subjects.wake("reboot"));
      worker.poke();
    },
    onCancel: async (op) => {
      worker.cancel(op);
      await endUnstarted(op, unstartedResult("cancelled", "cancelled-by-user", new Date().toISOString()));
    },
  });
  const refusals = createRefusalLog(log);
  const door = openFrontDoor({
    connection,
    agent: "reboot",
    subjects: verbs.filter((verb) => agentOfVerb(verb) === "reboot").map((verb) => subjects.command(verb, "*")),
    identify: createIdentify((publicKey) => readUserOfKey(sql, publicKey)),
    onKnock: async (knock: Knock, subject) => {
      if (knock.kind === "dropped" || knock.kind === "refused") refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
      if (knock.kind === "command") await handle(knock);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a command could not be dealt with"),
  });
  connection.subscribe(subjects.wake("reboot"), { callback: () => worker.poke() });
  await connection.flush();
  worker.poke();
  log.info({ owner, site }, "the reboot agent is ready");

  return {
    stop: () =>
      stopInOrder([
        () => door.close(),
        () => worker.stop(),
        () => writer.drain(),
        () => states.close(),
        () => Promise.resolve(drivers[Symbol.asyncDispose]()),
        () => place.leave(),
      ]),
  };
}

function limited(ssh: Ssh, clients: number): Ssh {
  const limit = pLimit(clients);
  return { run: (target, command, options) => limit(() => ssh.run(target, command, options)) };
}
