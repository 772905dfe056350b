import type { Subscription } from "@nats-io/transport-node";
import { type Verb, type Working, agentOfVerb, subjectsOf, wireVersion } from "../../contracts/index.ts";
import type { Coordinator } from "./coordinator.ts";
import type { FollowedOperation, Refusal } from "./operation.ts";
import { signedHeaders } from "./query.ts";
import { subscribeInbox } from "./subscribe-inbox.ts";

/** How long to wait for an answer before the ledger is asked and the same command is sent again, milliseconds. */
export const answerPauseMs = 2_000;

/** What an agent (or NATS, or nobody) says to a command. */
export type Said =
  | { readonly kind: "accepted"; readonly answer?: unknown }
  | { readonly kind: "nobody" | "silence" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One command's way to its agent and back: its inbox is open before anything is sent. */
export interface Exchange {
  readonly subscription: Subscription;
  /** The same command may be sent again: agents know it by its id. */
  publish(payload: Uint8Array): void;
  /**
   * What is said within a time, or was said since the last time this was asked. The time begins anew whenever the agent
   * tells that it is at work. One asks at a time.
   */
  answer(withinMs: number): Promise<Said>;
  close(): void;
}

/** Who else hears what comes: the operation that the command makes, or whoever waits for a long answer. */
export interface ExchangeListeners {
  readonly operation?: FollowedOperation;
  readonly onWorking?: (progress: Working) => void;
}

/** Opens the inbox of a command. */
export function openExchange(
  coordinator: Coordinator,
  command: { readonly op: string; readonly verb: Verb },
  { operation, onWorking }: ExchangeListeners = {},
): Exchange {
  const { connection, site, user, identity } = coordinator;
  const { op, verb } = command;
  const subjects = subjectsOf(site);
  let unheard: Said | undefined;
  let listener: ((said: Said) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const say = (said: Said) => {
    if (listener) listener(said);
    else if (said.kind !== "nobody" && unheard?.kind !== "accepted") unheard = said;
  };
  const subscription = subscribeInbox(coordinator, command, (message) => {
    if (message === "nobody") {
      say({ kind: "nobody" });
      return;
    }
    operation?.take(message);
    switch (message.kind) {
      case "accepted":
        // It comes in parts when it is long, and is an answer once every node is named.
        if (!operation || operation.nodes.length >= message.nodeCount) say({ kind: "accepted" });
        break;
      case "rejected":
        say({ kind: "refused", refusal: { reason: message.reason, detail: message.detail } });
        break;
      case "answer":
        say({ kind: "accepted", answer: message.answer });
        break;
      case "working":
        timer?.refresh();
        onWorking?.(message);
        break;
      case "events":
      case "finished":
      // They tell of an operation of this id, which may yet turn out to be another command's.
    }
  });
  return {
    subscription,
    publish(payload) {
      const subject = subjects.command(verb, user);
      const reply = subjects.inbox(user, op, agentOfVerb(verb));
      connection.publish(subject, payload, { reply, headers: signedHeaders(identity, subject, payload) });
    },
    answer: (withinMs) =>
      new Promise((resolve) => {
        const heard = (said: Said) => {
          clearTimeout(timer);
          timer = undefined;
          listener = undefined;
          unheard = undefined;
          resolve(said);
        };
        timer = setTimeout(() => heard({ kind: "silence" }), withinMs);
        listener = heard;
        if (unheard) heard(unheard);
      }),
    close: () => {
      if (!subscription.isClosed()) subscription.unsubscribe();
    },
  };
}

/** The bytes of a command as they are signed and sent. */
export function commandPayload(
  op: string,
  expiresAt: Date,
  args: unknown,
  more: { readonly parentOp?: string; readonly deadlineAt?: string; readonly dryRun?: true } = {},
): Uint8Array {
  const envelope = { v: wireVersion, op, expiresAt: expiresAt.toISOString(), ...more, args };
  return Buffer.from(JSON.stringify(envelope));
}
