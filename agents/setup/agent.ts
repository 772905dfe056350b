import { randomUUID } from "node:crypto";
import { type Knock, createInboxPublisher, createReveille, openFrontDoor } from "../../bus/index.ts";
import { agentOfVerb, isFutile, subjectsOf, verbs } from "../../contracts/index.ts";
import { countQueued, readFailures, readRunResult, readUserOfKey, setAllocation } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "../runtime/agent.ts";
import { createChildOperations } from "../runtime/commands/child-operations.ts";
import { createCommandHandler } from "../runtime/commands/handle-command.ts";
import { createRecordedPublisher } from "../runtime/commands/publish-recorded.ts";
import { type AgentsConfig, type SectionOf, backlogLimitsOf } from "../runtime/config.ts";
import { createIdentify } from "../runtime/identify.ts";
import { joinSite } from "../runtime/join-site.ts";
import { startLedgerSweep } from "../runtime/ledger-sweep.ts";
import { createLedgerWriter } from "../runtime/ledger-writer.ts";
import type { Log } from "../runtime/log.ts";
import { createRefusalLog } from "../runtime/refusals.ts";
import { createStateWatcher } from "../runtime/state-watcher.ts";
import { type Worker, createWorker } from "../runtime/worker.ts";
import { admissionOf } from "./admission-of.ts";
import { cleanFreedNodes } from "./clean-freed-nodes.ts";
import { driveNode } from "./drive-node.ts";
import type { SetupTools } from "./node-context.ts";
import { judgeEnded, judgeRetry } from "./judge-retry.ts";

/**
 * The setup agent: the only one that writes allocation states. Admits `setup` and its cancel at its door, and drives the
 * nodes that its worker loop takes from the ledger; reloads and reboots it asks the agents for that may do them. It also has free
 * nodes loaded that their last experiment left dirty. Any number of replicas run side by side.
 */
export async function startSetupAgent(
  config: Pick<AgentsConfig, "site" | "url" | "ca">,
  section: SectionOf<"setup">,
  log: Log,
): Promise<RunningAgent> {
  const { site } = config;
  const owner = `setup-${randomUUID()}`;
  const place = await joinSite(config, section, { agent: "setup", owner, log });
  const { connection, identity, database, metrics } = place;
  const { sql } = database;
  const subjects = subjectsOf(site);
  const publisher = createInboxPublisher(connection, site, "setup");
  const states = createStateWatcher(connection, site, sql, log);
  const reveille = createReveille(connection, { site, user: "setup", identity });
  const tools: SetupTools = {
    states,
    children: createChildOperations({ sql, reveille, log }),
    hostStatus: async (op, node) => {
      const result = await readRunResult(sql, op, node);
      return result ? result.status : result;
    },
    isDoomed: async (op) => (await readFailures(sql, op)).some(isFutile),
  };
  const recorded = createRecordedPublisher({ sql, publisher, metrics, log, retryOf: (op) => judgeRetry(sql, op) });
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
        allocate: ({ op, node }, state) => setAllocation(sql, { node, op, state }),
        isOverFailures: (op) => recorded.isOverFailures(op),
      }),
  });
  metrics.gauge("reveille_held_runs", "Node runs in this replica's hands", () => worker.heldCount);

  const onCancel = async (op: string): Promise<void> => {
    worker.cancel(op);
    await recorded.endUnstarted(op, "cancelled-by-user");
  };
  const sweep = startLedgerSweep({ sql, log, keepOperationsDays: section.keepOperationsDays, onCancel });
  const cleaning = cleanFreedNodes({ sql, reveille, log });
  const handle = createCommandHandler({
    sql,
    publisher,
    log,
    metrics,
    admissionOf,
    limits: backlogLimitsOf(section),
    onAdmitted: () => {
      connection.publish(subjects.wake("setup"));
      worker.poke();
    },
    onCancel,
  });
  const refusals = createRefusalLog(log, metrics);
  const door = openFrontDoor({
    connection,
    agent: "setup",
    subjects: verbs.filter((verb) => agentOfVerb(verb) === "setup").map((verb) => subjects.command(verb, "*")),
    identify: createIdentify((publicKey) => readUserOfKey(sql, publicKey)),
    onKnock: async (knock: Knock, subject) => {
      if (knock.kind === "dropped" || knock.kind === "refused") refusals.note(knock, subject);
      if (knock.kind === "refused") publisher.rejected(knock.to, knock.reason, knock.detail);
      if (knock.kind === "command") await handle(knock);
    },
    onFault: (err, subject) => log.error({ err, subject }, "a command could not be dealt with"),
  });
  connection.subscribe(subjects.wake("setup"), { callback: () => worker.poke() });
  await connection.flush();
  judgeEnded(sql).catch((err: unknown) => log.warn({ err }, "setups that ended could not be judged"));
  worker.poke();
  log.info({ owner, site }, "the setup agent is ready");

  return {
    stop: () =>
      stopInOrder([
        () => door.close(),
        () => sweep.stop(),
        () => cleaning.stop(),
        () => {
          writer.close();
          return worker.stop();
        },
        () => writer.drain(),
        () => states.close(),
        () => place.leave(),
      ]),
  };
}
