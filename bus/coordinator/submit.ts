import { setTimeout } from "node:timers/promises";
import type { Msg, Subscription } from "@nats-io/transport-node";
import {
  type ActingVerb,
  type ArgsOf,
  InboxMessage,
  type Verb,
  agentOfVerb,
  argsSchemaOf,
  defaultExpiryMs,
  hasShape,
  parseJson,
  problemsOf,
  subjectsOf,
  wireVersion,
} from "../../contracts/index.ts";
import type { AskOperation } from "./catch-up.ts";
import {
  type FollowedOperation,
  type Operation,
  type Refusal,
  createFollowedOperation,
  createRefusedOperation,
} from "./operation.ts";
import { type Asker, ask, newOpId, signedHeaders } from "./query.ts";

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
  /** The operation on whose behalf this one is asked for; its nodes are then held already. */
  readonly parentOp?: string;
}

/** What a coordinator needs besides its place on the bus. */
export interface Coordinator extends Asker {
  readonly onReconnect: (listener: () => void) => () => void;
}

/** How long to wait for an answer before the ledger is asked and the same command is sent again, milliseconds. */
const answerPauseMs = 2_000;

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

  const operation = followedBy(coordinator, parts);
  const exchange = openExchange(coordinator, op, verb, operation);
  const payload = commandPayload(op, expiresAt, args, options.parentOp);
  let isUncertain = false;
  for (;;) {
    exchange.publish(verb, payload);
    const said = await exchange.answer(answerPauseMs);
    if (said.kind === "accepted") {
      operation.follow({ subscription: exchange.subscription, isBehind: isUncertain });
      return operation;
    }
    if (said.kind === "refused") return refusedOperation(said.refusal);
    if (said.kind === "nobody" && !isUncertain) {
      const detail = `no ${agentOfVerb(verb)} agent is listening on site ${coordinator.site}`;
      return refusedOperation({ reason: "no-agent-listening", detail });
    }
    if (said.kind === "nobody") await setTimeout(answerPauseMs);
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
    if (Date.now() > expiresAt.getTime()) {
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

/** Sends a command that makes no operation of its own (`cancel-<verb>`), and gives the agent's answer. */
export async function control(
  coordinator: Coordinator,
  verb: Verb,
  args: Record<string, unknown>,
): Promise<{ readonly ok: true } | ({ readonly ok: false } & Refusal)> {
  const op = newOpId();
  const exchange = openExchange(coordinator, op, verb, undefined);
  try {
    exchange.publish(verb, commandPayload(op, new Date(Date.now() + defaultExpiryMs), args));
    const said = await exchange.answer(answerPauseMs * 3);
    switch (said.kind) {
      case "accepted":
        return { ok: true };
      case "refused":
        return { ok: false, ...said.refusal };
      case "nobody":
        return { ok: false, reason: "no-agent-listening", detail: `no ${agentOfVerb(verb)} agent is listening` };
      case "silence":
        return { ok: false, reason: "answer-lost", detail: "the agent did not answer; ask again, it does no harm" };
    }
  } finally {
    exchange.close();
  }
}

/** A followed operation that asks, cancels and hears of reconnects through this coordinator. */
export function followedBy(
  coordinator: Coordinator,
  parts: { readonly id: string; readonly verb: ActingVerb; readonly user: string },
): FollowedOperation {
  const askOperation: AskOperation = (args) => ask(coordinator, "operation", args);
  return createFollowedOperation({
    ...parts,
    askOperation,
    cancel: () => control(coordinator, `cancel-${parts.verb}`, { target: parts.id }),
    onReconnect: coordinator.onReconnect,
  });
}

/** Subscribes an operation's inbox so that what comes feeds it; other things than our messages are ignored. */
export function subscribeInbox(
  coordinator: Coordinator,
  inbox: { readonly op: string; readonly verb: Verb },
  take: (message: InboxMessage | "nobody") => void,
): Subscription {
  const { connection, site, user } = coordinator;
  const subject = subjectsOf(site).inbox(user, inbox.op, agentOfVerb(inbox.verb));
  return connection.subscribe(subject, {
    callback: (error, message) => {
      if (error) return;
      if (isNoResponders(message)) {
        take("nobody");
        return;
      }
      const parsed = parseJson(Buffer.from(message.data).toString("utf8"));
      if (parsed.ok && hasShape(InboxMessage, parsed.value) && parsed.value.op === inbox.op) take(parsed.value);
    },
  });
}

type Said =
  { readonly kind: "accepted" | "nobody" | "silence" } | { readonly kind: "refused"; readonly refusal: Refusal };

function openExchange(
  coordinator: Coordinator,
  op: string,
  verb: Verb,
  operation: FollowedOperation | undefined,
): {
  readonly subscription: Subscription;
  publish(verb: Verb, payload: Uint8Array): void;
  answer(withinMs: number): Promise<Said>;
  close(): void;
} {
  const { connection, site, user, identity } = coordinator;
  const subjects = subjectsOf(site);
  let said: Said | undefined;
  let tell: ((said: Said) => void) | undefined;
  const say = (words: Said) => {
    if (words.kind !== "nobody") said ??= words;
    tell?.(words);
  };
  const subscription = subscribeInbox(coordinator, { op, verb }, (message) => {
    if (message === "nobody") {
      say({ kind: "nobody" });
      return;
    }
    operation?.take(message);
    if (message.kind === "rejected") {
      say({ kind: "refused", refusal: { reason: message.reason, detail: message.detail } });
    } else {
      say({ kind: "accepted" });
    }
  });
  return {
    subscription,
    publish(toVerb, payload) {
      const subject = subjects.command(toVerb, user);
      const reply = subjects.inbox(user, op, agentOfVerb(toVerb));
      connection.publish(subject, payload, { reply, headers: signedHeaders(identity, subject, payload) });
    },
    answer: (withinMs) =>
      new Promise((resolve) => {
        if (said) {
          resolve(said);
          return;
        }
        const timer = globalThis.setTimeout(() => resolve({ kind: "silence" }), withinMs);
        tell = (words) => {
          clearTimeout(timer);
          tell = undefined;
          resolve(words);
        };
      }),
    close: () => {
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
}

function commandPayload(op: string, expiresAt: Date, args: unknown, parentOp?: string): Uint8Array {
  const envelope = { v: wireVersion, op, expiresAt: expiresAt.toISOString(), ...(parentOp ? { parentOp } : {}), args };
  return Buffer.from(JSON.stringify(envelope));
}

/** Room for headers and protocol around a payload, bytes. */
const headerBytes = 4_096;

/** What would be refused anyway is refused here, before anything is sent. */
function faultOf(verb: Verb, op: string, args: unknown, maxPayload = 1_048_576): Refusal | undefined {
  const malformed = (detail: string): Refusal => ({ reason: "malformed-arguments", detail });
  if (!/^[0-9a-f]{32}$/.test(op)) return malformed("an operation's id is 32 lower-case hexadecimal digits");
  const list = (args as { nodelist?: unknown }).nodelist;
  if (Array.isArray(list) && list.length === 0) return { reason: "nodelist-empty", detail: "no node is named" };
  const schema = argsSchemaOf(verb);
  if (!hasShape(schema, args)) return malformed(problemsOf(schema, args));
  const bytes = JSON.stringify(args).length + headerBytes;
  if (bytes > maxPayload)
    return malformed(`the command has ${bytes} bytes; NATS takes ${maxPayload}: name fewer nodes`);
  return undefined;
}

function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
