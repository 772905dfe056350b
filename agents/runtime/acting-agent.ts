import { type NodeEvent, type Retry, subjectsOf } from "../../contracts/index.ts";
import { type EarlyEnd, type RunChange, countQueued, readUserOfKey } from "../../infra/db/index.ts";
import { type RunningAgent, stopInOrder } from "./agent.ts";
import { type CommandHandlerOptions, createCommandHandler } from "./commands/handle-command.ts";
import { createRecordedPublisher } from "./commands/publish-recorded.ts";
import { type SectionOf, backlogLimitsOf } from "./config.ts";
import { commandSubjects, openDoor } from "./door.ts";
import type { Place } from "./join-site.ts";
import { earlyEndingBy } from "./early-ending.ts";
import { startLedgerSweep } from "./ledger-sweep.ts";
import { type Written, createLedgerWriter } from "./ledger-writer.ts";
import type { Log } from "./log.ts";
import { type HeldRun, type Worker, createWorker } from "./worker.ts";

/** The agents that carry out operations; each has a ledger of its own. */
export type ActingAgent = "reboot" | "reload" | "setup";

/** By what a run is driven, whatever its domain. */
export interface DriveOptions {
  /** Commits a change of the run. */
  readonly write: (change: RunChange) => Promise<Written>;
  readonly tell: (run: HeldRun, event: NodeEvent) => void;
  readonly observeStep: (step: string, seconds: number) => void;
  /** The run was given back to the ledger, to be taken again in so many milliseconds. */
  readonly onPostponed: (postponeMs: number) => void;
  /** Whether the operation's failures already exceed what it allows. */
  readonly isOverFailures: (op: string) => boolean;
}

export interface ActingAgentOptions<More> extends Pick<
  CommandHandlerOptions<More>,
  "admissionOf" | "foresee" | "onControl"
> {
  readonly agent: ActingAgent;
  readonly site: string;
  /** This replica's name, unlike any other's. */
  readonly owner: string;
  readonly section: Pick<SectionOf<ActingAgent>, "maxOpenRuns" | "maxOpenRunsOfUser" | "keepOperationsDays">;
  readonly place: Place;
  readonly log: Log;
  /** Drives one run to its end and records it. Rejects with the signal's reason when the run is taken from it. */
  readonly drive: (run: HeldRun, options: DriveOptions) => Promise<void>;
  /** What is told of an operation's end beside its code; asked for once it has ended. */
  readonly retryOf?: (op: string) => Promise<Retry | undefined>;
  /** The agent is about to stop: what would take long lets go. */
  readonly onStopping?: () => void;
  /** What else is to be stopped, in this order, once no run is driven any more. */
  readonly stops: readonly (() => Promise<unknown>)[];
}

/**
 * What every agent has that carries out operations: it admits its domain's commands and their cancels at its door, drives
 * the runs that its worker loop takes from the ledger, and tells the inboxes what was committed. Any number of replicas
 * run side by side.
 */
export async function startActingAgent<More>(options: ActingAgentOptions<More>): Promise<RunningAgent> {
  const { agent, site, owner, section, place, log, admissionOf, foresee, onControl, retryOf, stops } = options;
  const { connection, publisher, database, metrics } = place;
  const { sql, urgentSql } = database;
  const wake = subjectsOf(site).wake(agent);
  const recorded = createRecordedPublisher({ sql, publisher, metrics, log, ...(retryOf ? { retryOf } : {}) });
  const writer = createLedgerWriter({
    sql,
    urgentSql,
    owner,
    log,
    onRecorded: (done, changes) => recorded.publish(done, changes),
  });
  const driveOptions: DriveOptions = {
    write: (change) => writer.write(change),
    tell: ({ op, operation }, event) => publisher.event({ op, user: operation.user }, event),
    observeStep: (step, seconds) => metrics.observeStep(step, seconds),
    onPostponed: (postponeMs) => worker.pokeIn(postponeMs),
    isOverFailures: (op) => recorded.isOverFailures(op),
  };
  const worker: Worker = createWorker({
    database,
    owner,
    log,
    onLeaseLost: () => metrics.countLostLease(),
    drive: (run) => options.drive(run, driveOptions),
  });
  metrics.gauge("reveille_queued_runs", "Node runs that wait in the ledger", () => countQueued(sql));
  metrics.gauge("reveille_held_runs", "Node runs in this replica's hands", () => worker.heldCount);

  const endEarly = async (op: string, by: EarlyEnd, deadlineAt: Date | null): Promise<void> => {
    worker.endEarly(op, by);
    await recorded.endUnstarted(op, earlyEndingBy(by, deadlineAt));
  };
  const onCancel = (op: string) => endEarly(op, "cancelled-by-user", null);
  const sweep = startLedgerSweep({
    ...{ sql, log, onCancel },
    onOverdue: (op, deadlineAt) => endEarly(op, "deadline-exceeded", deadlineAt),
    keepOperationsDays: section.keepOperationsDays,
    asksOthers: agent !== "reboot",
  });
  const handle = createCommandHandler({
    sql,
    publisher,
    log,
    metrics,
    admissionOf,
    limits: backlogLimitsOf(section),
    onAdmitted: () => {
      connection.publish(wake);
      worker.poke();
    },
    onCancel,
    ...(foresee ? { foresee } : {}),
    ...(onControl ? { onControl } : {}),
  });
  const door = openDoor({
    connection,
    agent,
    subjects: commandSubjects(site, agent),
    publisher,
    log,
    metrics,
    lookUp: (publicKey) => readUserOfKey(sql, publicKey),
    onPassed: handle,
  });
  connection.subscribe(wake, { callback: () => worker.poke() });
  await connection.flush();
  worker.poke();
  log.info({ owner, site }, `the ${agent} agent is ready`);

  return {
    stop: () =>
      stopInOrder([
        async () => options.onStopping?.(),
        () => door.close(),
        () => sweep.stop(),
        () => {
          writer.close();
          return worker.stop();
        },
        () => writer.drain(),
        // What was handed over need not wait until another replica looks by itself.
        async () => connection.publish(wake),
        ...stops,
        () => place.leave(),
      ]),
  };
}
