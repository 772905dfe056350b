import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Knock, createInboxPublisher, createReveille, newOpId, openFrontDoor } from "../../bus/index.ts";
import { agentOfVerb, subjectsOf, verbs } from "../../contracts/index.ts";
import { countQueued, readUserOfKey } from "../../infra/db/index.ts";
import { createImageChecker, openImageStore, publicKeyOf } from "../../infra/images/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import { createChildOperations } from "../runtime/commands/child-operations.ts";
import { createCommandHandler } from "../runtime/commands/handle-command.ts";
import { createRecordedPublisher } from "../runtime/commands/publish-recorded.ts";
import type { AgentsConfig, SectionOf } from "../runtime/config.ts";
import { createIdentify } from "../runtime/identify.ts";
import { joinSite } from "../runtime/join-site.ts";
import { startLedgerSweep } from "../runtime/ledger-sweep.ts";
import { createLedgerWriter } from "../runtime/ledger-writer.ts";
import type { Log } from "../runtime/log.ts";
import { createRefusalLog } from "../runtime/refusals.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { type Worker, createWorker } from "../runtime/worker.ts";
import { admissionOf } from "./admission-of.ts";
import { driveNode } from "./drive-node.ts";
import { createImageInspector } from "./image-inspector.ts";
import { createLoadBook } from "./load-book.ts";
import { createProgressWatcher } from "./progress-watcher.ts";
import { concludeUnattended } from "./unattended-loads.ts";

/**
 * The reload agent: the only one that writes images, boot selections and what is on a node's disk. Admits `reload` and its
 * cancel at its door, and drives the nodes that its worker loop takes from the ledger; what needs a BMC it asks the reboot
 * agent for. Any number of replicas run side by side.
 */
export async function startReloadAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"reload">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `reload-${randomUUID()}`;
  const signingKey = await readFile(section.signingKeyFile, "utf8");
  const store = await openImageStore(section.imageDir);
  const place = await joinSite(config, section, { agent: "reload", owner, log });
  const { connection, identity, database, metrics } = place;
  const { sql } = database;
  const subjects = subjectsOf(site);
  const publisher = createInboxPublisher(connection, site, "reload");
  const states = createStateWatcher(connection, site, sql, log);
  const progress = createProgressWatcher(connection, site);
  const loads = createLoadBook(sql);
  const tools = {
    states,
    progress,
    children: createChildOperations({
      sql,
      reveille: createReveille(connection, { site, user: "reload", identity }),
      log,
    }),
    images: createImageInspector(sql, createImageChecker(store, publicKeyOf(signingKey))),
    loads,
    newLoadId: newOpId,
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
        write: (change) => writer.write(change),
        tell: ({ op, operation }, event) => publisher.event({ op, user: operation.user }, event),
        isOverFailures: (op) => recorded.isOverFailures(op),
        observeStep: (step, seconds) => metrics.observeStep(step, seconds),
      }),
  });
  metrics.gauge("reveille_held_runs", "Node runs in this replica's hands", () => worker.heldCount);
  const unattended = concludeUnattended(sql, log);

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
    onAdmitted: () => {
      connection.publish(subjects.wake("reload"));
      worker.poke();
    },
    onCancel,
  });
  const refusals = createRefusalLog(log, metrics);
  const door = openFrontDoor({
    connection,
    agent: "reload",
    subjects: verbs.filter((verb) => agentOfVerb(verb) === "reload").map((verb) => subjects.command(verb, "*")),
    identify: createIdentify((publicKey) => readUserOfKey(sql, publicKey)),
    onKnock: async (knock: Knock, subject) => {
      if (knock.kind === "dropped" || knock.kind === "refused") refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
      if (knock.kind === "command") await handle(knock);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a command could not be dealt with"),
  });
  connection.subscribe(subjects.wake("reload"), { callback: () => worker.poke() });
  await connection.flush();
  worker.poke();
  log.info({ owner, site }, "the reload agent is ready");

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
        () => unattended.close(),
        () => states.close(),
        () => progress.close(),
        () => place.leave(),
      ]),
  };
}
