import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { type Knock, createInboxPublisher, createReveille, openFrontDoor } from "../../bus/index.ts";
import { agentOfVerb, subjectsOf, verbs } from "../../contracts/index.ts";
import { countQueued, publishSealingKey, readUserOfKey } from "../../infra/db/index.ts";
import { createLiveness } from "../../infra/liveness/index.ts";
import { createPowerDrivers } from "../../infra/power/index.ts";
import { openSealed, publicKeyOf } from "../../infra/secrets/index.ts";
import { createSsh } from "../../infra/ssh/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import { createCommandHandler } from "../runtime/commands/handle-command.ts";
import { createRecordedPublisher } from "../runtime/commands/publish-recorded.ts";
import { type AgentsConfig, type SectionOf, backlogLimitsOf } from "../runtime/config.ts";
import { createIdentify } from "../runtime/identify.ts";
import { startLedgerSweep } from "../runtime/ledger-sweep.ts";
import { createLedgerWriter } from "../runtime/ledger-writer.ts";
import { joinSite } from "../runtime/join-site.ts";
import type { Log } from "../runtime/log.ts";
import { createRefusalLog } from "../runtime/refusals.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { type Worker, createWorker } from "../runtime/worker.ts";
import { admissionOf } from "./admission-of.ts";
import { createBmcAccess } from "./bmc/bmc-access.ts";
import { createTurns } from "./turns.ts";
import { driveNode } from "./drive-node.ts";
import { createWaker } from "./waker.ts";
import { createSshClients } from "./ssh-clients.ts";

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
  const place = await joinSite(config, section, { agent: "reboot", owner, log });
  const { connection, database, metrics } = place;
  const { sql } = database;
  const subjects = subjectsOf(site);
  const publisher = createInboxPublisher(connection, site, "reboot");
  const states = createStateWatcher(connection, site, sql, log);
  const drivers = createPowerDrivers({
    access: createBmcAccess({
      sql,
      open: (sealed, node) => openSealed(sealingKey, sealed, node),
      log,
      onOutage: () => metrics.countBmcOutage(),
    }),
  });
  const reveille = createReveille(connection, { site, user: "reboot", identity: place.identity });
  const tools = {
    ssh: createSshClients(
      createSsh({ keyFile: section.sshKeyFile, knownHostsDir: section.knownHostsDir }),
      maxSshClients,
    ),
    liveness: createLiveness(),
    states,
    turns: createTurns(sql),
    waker: createWaker(async (nodelist) => (await reveille.control("wake", { nodelist })).ok),
  };
  const recorded = createRecordedPublisher({ sql, publisher, metrics, log });
  const writer = createLedgerWriter({
    sql,
    owner,
    log,
    onRecorded: (done, changes) => recorded.publish(done, changes),
  });
  metrics.gauge("reveille_queued_runs", "Node runs that wait in the ledger", () => countQueued(sql));
  const worker: Worker = createWorker({
    database,
    owner,
    log,
    onLeaseLost: () => metrics.countLostLease(),
    drive: (run) =>
      driveNode(run, {
        tools,
        drivers,
        write: (change) => writer.write(change),
        tell: ({ op, operation }, event) => publisher.event({ op, user: operation.user }, event),
        onPostponed: (postponeMs) => worker.pokeIn(postponeMs),
        isOverFailures: (op) => recorded.isOverFailures(op),
        observeStep: (step, seconds) => metrics.observeStep(step, seconds),
      }),
  });

  metrics.gauge("reveille_held_runs", "Node runs in this replica's hands", () => worker.heldCount);
  const onCancel = async (op: string): Promise<void> => {
    worker.cancel(op);
    await recorded.endUnstarted(op, "cancelled-by-user");
  };
  const sweep = startLedgerSweep({ sql, log, keepOperationsDays: section.keepOperationsDays, onCancel });
  const handle = createCommandHandler({
    sql,
    publisher,
    log,
    metrics,
    admissionOf,
    limits: backlogLimitsOf(section),
    onAdmitted: () => {
      connection.publish(subjects.wake("reboot"));
      worker.poke();
    },
    onCancel,
  });
  const refusals = createRefusalLog(log, metrics);
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
  publishSealingKey(sql, publicKeyOf(sealingKey)).catch((err: unknown) =>
    log.warn({ err }, "nobody can be told by which key BMC passwords are sealed"),
  );
  connection.subscribe(subjects.wake("reboot"), { callback: () => worker.poke() });
  await connection.flush();
  worker.poke();
  log.info({ owner, site }, "the reboot agent is ready");

  return {
    stop: () =>
      stopInOrder([
        () => door.close(),
        () => sweep.stop(),
        () => {
          writer.close();
          return worker.stop();
        },
        () => writer.drain(),
        // What was handed over need not wait until another replica looks by itself.
        async () => connection.publish(subjects.wake("reboot")),
        () => states.close(),
        () => Promise.resolve(drivers[Symbol.asyncDispose]()),
        () => place.leave(),
      ]),
  };
}
