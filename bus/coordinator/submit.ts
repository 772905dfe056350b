import { setTimeout } from "node:timers/promises";
import {
  type ActingVerb,
  type ArgsOf,
  type RefusalReason,
  agentOfVerb,
  clockToleranceMs,
  defaultExpiryMs,
} from "../../contracts/index.ts";
import { faultOf } from "./command-fault.ts";
import type { Coordinator } from "./coordinator.ts";
import { answerPauseMs, commandPayload, openExchange } from "./exchange.ts";
import { followedBy } from "./follow.ts";
import { type Operation, type Refusal, createRefusedOperation } from "./operation.ts";
import { ask, newOpId } from "./query.ts";

/**
 * Thrown when it is unknown whether a command was admitted: it was sent, and neither an answer came nor could the
 * ledger be asked. `op` is what to wait for once the site is back.
 */
export class AnswerLostError extends Error {
  readonly code = "answer-lost";
  readonly op: string;
  constructor(op: string, why: string) {
    super(
      `no answer to operation ${op}, so it is unknown whether it was admitted (${why}); ask with: reveille wait ${op}`,
    );
    this.op = op;
  }
}

export interface SubmitOptions {
  /** The operation's id, 32 lower-case hexadecimal digits; default random. The same command with the same id is one operation. */
  readonly op?: string;
  /** An agent that first sees the command later refuses it; default in 60 s, at most 10 min ahead. */
  readonly expiresAt?: Date;
  /**
   * By when every node is to be done; default never. What is not begun then is never touched, and what is under way ends as by a
   * cancel, both with `deadline-exceeded`. What agents ask of each other for it has no later one.
   */
  readonly deadlineAt?: Date;
  /** The operation on whose behalf this one is asked for; its nodes are then held already. */
  readonly parentOp?: string;
}

/**
 * The refusals that speak of this moment alone. Given to a command that was sent before without an answer, they leave
 * open whether it was admitted then.
 */
const mayHideAdmission: ReadonlySet<RefusalReason> = new Set<RefusalReason>([
  "command-expired",
  "database-unreachable",
  "overloaded",
  "internal-error",
]);

/**
 * Publishes a command and returns once it is accepted or refused; both are an Operation. The inbox is subscribed first,
 * so that nothing is missed; NATS says at once if nobody listens. Throws AnswerLostError, or NATS's own error if the
 * connection is closed.
 */
export async function submit<V extends ActingVerb>(
  coordinator: Coordinator,
  verb: V,
  args: ArgsOf<V>,
  options: SubmitOptions = {},
): Promise<Operation> {
  const { user } = coordinator;
  const op = options.op ?? newOpId();
  const expiresAt = options.expiresAt ?? new Date(Date.now() + defaultExpiryMs);
  const parts = { id: op, verb, user };
  const malformed = faultOf(verb, op, args, coordinator.connection.info?.max_payload);
  if (malformed) return createRefusedOperation(parts, malformed);

  const { parentOp, deadlineAt } = options;
  const payload = commandPayload(op, expiresAt, args, {
    ...(parentOp === undefined ? {} : { parentOp }),
    ...(deadlineAt === undefined ? {} : { deadlineAt: deadlineAt.toISOString() }),
  });
  const operation = followedBy(coordinator, parts);
  const exchange = openExchange(coordinator, { op, verb }, { operation });
  let isUncertain = false;
  for (;;) {
    exchange.publish(payload);
    const said = await exchange.answer(answerPauseMs);
    if (said.kind === "accepted") {
      operation.follow({ subscription: exchange.subscription, isBehind: isUncertain });
      return operation;
    }
    if (said.kind === "refused" && !(isUncertain && mayHideAdmission.has(said.refusal.reason))) {
      return refusedOperation(said.refusal);
    }
    if (said.kind === "nobody" && !isUncertain) {
      const detail = `no ${agentOfVerb(verb)} agent is listening on site ${coordinator.site}`;
      return refusedOperation({ reason: "no-agent-listening", detail });
    }
    if (said.kind !== "silence") await setTimeout(answerPauseMs);
    isUncertain = true;
    const known = await ask(coordinator, "operation", { op });
    if (known.ok) {
      operation.follow({
        subscription: exchange.subscription,
        isBehind: true,
        nodeCount: known.answer.operation.nodeCount,
      });
      return operation;
    }
    // An agent whose clock is behind ours may still take it.
    if (Date.now() > expiresAt.getTime() + clockToleranceMs) {
      if (known.reason === "operation-unknown") {
        return refusedOperation({ reason: "command-expired", detail: "no agent took it before it expired" });
      }
      exchange.close();
      throw new AnswerLostError(op, known.detail);
    }
  }

  function refusedOperation(refusal: Refusal): Operation {
    exchange.close();
    return createRefusedOperation(parts, refusal);
  }
}
