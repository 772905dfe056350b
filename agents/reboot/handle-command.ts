import type { InboxPublisher, Knock } from "../../bus/index.ts";
import type { Command, PowerArgs, RebootArgs } from "../../contracts/index.ts";
import { type Sql, admit, isNotConnected, isUnreachable, readForReplay, requestCancel } from "../../infra/db/index.ts";
import type { Log } from "../runtime/log.ts";
import type { AgentMetrics } from "../runtime/metrics.ts";
import { type RebootCommand, busyResult, decideAdmission } from "./admission.ts";

type CommandKnock = Extract<Knock, { kind: "command" }>;

export interface CommandHandlerOptions {
  readonly sql: Sql;
  readonly publisher: InboxPublisher;
  readonly log: Log;
  readonly metrics: AgentMetrics;
  /** There is new work in the ledger. */
  readonly onAdmitted: (op: string) => void;
  /** The operation is marked as to be cancelled. */
  readonly onCancel: (op: string) => Promise<void>;
}

/** Deals with a command that passed the door: into the ledger first, then the answer on the inbox. */
export function createCommandHandler(options: CommandHandlerOptions): (knock: CommandKnock) => Promise<void> {
  const { sql, publisher, log, metrics, onAdmitted, onCancel } = options;

  async function handleActing(knock: CommandKnock, command: RebootCommand): Promise<void> {
    const { to, command: envelope } = knock;
    const now = new Date().toISOString();
    const outcome = await admit(
      sql,
      {
        op: to.op,
        user: to.user,
        verb: command.verb,
        args: normalised(command.args),
        ...(envelope.parentOp === undefined ? {} : { parentOp: envelope.parentOp }),
        expiresAt: envelope.expiresAt,
        selection: command.args,
        needsLocks: !(command.verb === "power" && command.args.action === "status"),
      },
      {
        decide: (facts) => decideAdmission(command, facts, now),
        busyResult: (holder) => busyResult(holder, now),
      },
    );
    switch (outcome.kind) {
      case "refused":
        log.info({ ...to, reason: outcome.reason, detail: outcome.detail }, "a command was refused");
        metrics.countRefusal(outcome.reason);
        publisher.rejected(to, outcome.reason, outcome.detail);
        return;
      case "existing":
        await answerReplay(knock);
        return;
      case "admitted":
        log.info({ ...to, verb: command.verb, nodes: outcome.runs.length }, "a command was admitted");
        metrics.countOperation(command.verb);
        publisher.accepted(
          to,
          command.verb,
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
  async function answerReplay({ to, verb }: CommandKnock): Promise<void> {
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
      const hasParent = knock.command.parentOp !== undefined;
      switch (knock.verb) {
        case "reboot":
          await handleActing(knock, { verb: "reboot", args: knock.command.args as RebootArgs, hasParent });
          break;
        case "power":
          await handleActing(knock, { verb: "power", args: knock.command.args as PowerArgs, hasParent });
          break;
        case "cancel-reboot":
        case "cancel-power":
          await handleCancel(knock);
      }
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

/** The arguments as the ledger keeps them: each node once, its name in lower case. */
function normalised(args: Command["args"]): Record<string, unknown> {
  if (!("nodelist" in args)) return args;
  return { ...args, nodelist: [...new Set(args.nodelist.map((name) => name.toLowerCase()))] };
}
