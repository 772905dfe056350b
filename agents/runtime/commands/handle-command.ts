import type { InboxPublisher, Knock } from "../../../bus/index.ts";
import {
  type ActingVerb,
  type Command,
  type DryRunAnswer,
  type NodeSelection,
  isActingVerb,
} from "../../../contracts/index.ts";
import {
  type AdmissionPolicy,
  type AdmittedRun,
  type BacklogLimits,
  type Sql,
  admit,
  isNotConnected,
  isUnreachable,
  readForReplay,
  requestCancel,
} from "../../../infra/db/index.ts";
import type { Log } from "../log.ts";
import type { AgentMetrics } from "../metrics.ts";
import { busyResult } from "./unstarted-result.ts";

export type CommandKnock = Extract<Knock, { kind: "command" }>;

/** How one domain admits a command of its own. */
export interface Admission<More> extends Omit<AdmissionPolicy<More>, "busyResult"> {
  readonly selection: NodeSelection;
  /** False for reads, which no other operation needs to wait for. */
  readonly needsLocks: boolean;
}

export interface CommandHandlerOptions<More> {
  readonly sql: Sql;
  readonly publisher: InboxPublisher;
  readonly log: Log;
  readonly metrics: AgentMetrics;
  /** How an acting command is admitted; `now` is the instant of its admission. */
  readonly admissionOf: (knock: CommandKnock, now: string) => Admission<More>;
  /** How much may wait or run before more is refused; left out, nothing is refused for that. */
  readonly limits?: BacklogLimits;
  /** What a dry run tells besides: what this agent can see by looking, touching nothing. */
  readonly foresee?: (knock: CommandKnock, runs: readonly AdmittedRun[]) => Promise<readonly AdmittedRun[]>;
  /** There is new work in the ledger. */
  readonly onAdmitted: (op: string) => void;
  /** The operation is marked as to be cancelled. */
  readonly onCancel: (op: string) => Promise<void>;
  /** Deals with a command that makes no operation and is no cancel. */
  readonly onControl?: (knock: CommandKnock) => Promise<void>;
}

/** Deals with a command that passed the door: into the ledger first, then the answer on the inbox. */
export function createCommandHandler<More>(
  options: CommandHandlerOptions<More>,
): (knock: CommandKnock) => Promise<void> {
  const { sql, publisher, log, metrics, admissionOf, foresee, limits, onAdmitted, onCancel, onControl } = options;

  async function handleActing(knock: CommandKnock, verb: ActingVerb): Promise<void> {
    const { to, command } = knock;
    const now = new Date().toISOString();
    const { selection, needsLocks, ...policy } = admissionOf(knock, now);
    const outcome = await admit(
      sql,
      {
        op: to.op,
        user: to.user,
        verb,
        args: normalised(command.args),
        ...(command.parentOp === undefined ? {} : { parentOp: command.parentOp }),
        expiresAt: command.expiresAt,
        ...(command.deadlineAt === undefined ? {} : { deadlineAt: new Date(command.deadlineAt) }),
        selection,
        needsLocks,
        ...(limits ? { limits } : {}),
        ...(command.dryRun ? { isDryRun: true } : {}),
      },
      { ...policy, busyResult: (holder) => busyResult(holder, now) },
    );
    switch (outcome.kind) {
      case "refused":
        log.info({ ...to, reason: outcome.reason, detail: outcome.detail }, "a command was refused");
        metrics.countRefusal(outcome.reason);
        publisher.rejected(to, outcome.reason, outcome.detail);
        return;
      case "planned": {
        const runs = foresee ? await foresee(knock, outcome.runs) : outcome.runs;
        publisher.answer(to, { nodes: runs.map(plannedOf) });
        return;
      }
      case "existing":
        await answerReplay(knock, verb);
        return;
      case "admitted":
        log.info({ ...to, verb, nodes: outcome.runs.length }, "a command was admitted");
        metrics.countOperation(verb);
        publisher.accepted(
          to,
          verb,
          outcome.runs.map(({ node }) => node),
        );
        for (const { node, result } of outcome.runs) {
          if (result) publisher.event(to, { kind: "result", node, result });
        }
        if (outcome.isFinished) {
          const failed = outcome.runs.filter(({ result }) => result?.status === 1).length;
          publisher.finished(to, failed, now);
        } else {
          onAdmitted(to.op);
        }
    }
  }

  /** The same command again starts nothing: it is told what exists, results so far included. */
  async function answerReplay({ to }: CommandKnock, verb: ActingVerb): Promise<void> {
    const { nodes, ended, code, finishedAt } = await readForReplay(sql, to.op);
    publisher.accepted(to, verb, nodes);
    for (const { node, result } of ended) publisher.event(to, { kind: "result", node, result });
    if (finishedAt !== null) publisher.finished(to, code, finishedAt);
  }

  async function handleCancel({ to, command }: CommandKnock): Promise<void> {
    const { target } = command.args as { target: string };
    const outcome = await requestCancel(sql, target, to.user);
    if (!outcome.ok) {
      publisher.rejected(to, outcome.reason, outcome.detail);
      return;
    }
    log.info({ ...to, target }, "an operation is cancelled");
    await onCancel(target);
    publisher.answer(to, { cancelled: target });
  }

  return async (knock) => {
    try {
      if (isActingVerb(knock.verb)) await handleActing(knock, knock.verb);
      else if (knock.verb.startsWith("cancel-")) await handleCancel(knock);
      else await onControl?.(knock);
    } catch (err) {
      log.error({ err, ...knock.to }, "a command could not be dealt with");
      if (isNotConnected(err)) {
        publisher.rejected(knock.to, "database-unreachable", "the ledger cannot be reached; nothing was begun");
      } else if (!isUnreachable(err)) {
        publisher.rejected(knock.to, "internal-error", "the agent failed on this command; its log says how");
      }
      // Cut off in the midst, it may have been committed: the caller asks again, and is then told what is true.
    }
  };
}

/** What a dry run tells of one node. */
function plannedOf(run: AdmittedRun): DryRunAnswer["nodes"][number] {
  const { node, waitsFor, result, plan, images, obstacle, estimateS } = run;
  return {
    node,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(result ? { result } : {}),
    ...(plan === undefined ? {} : { plan }),
    ...(images === undefined ? {} : { images: [...images] }),
    ...(obstacle === undefined ? {} : { obstacle }),
    ...(estimateS === undefined ? {} : { estimateS }),
  };
}

/** The arguments as the ledger keeps them: each node once, its name in lower case. */
function normalised(args: Command["args"]): Record<string, unknown> {
  const { nodelist } = args as { readonly nodelist?: readonly string[] };
  if (!nodelist) return args;
  return { ...args, nodelist: [...new Set(nodelist.map((name) => name.toLowerCase()))] };
}
