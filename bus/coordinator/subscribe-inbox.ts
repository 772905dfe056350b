import type { Msg, Subscription } from "@nats-io/transport-node";
import { InboxMessage, type Verb, agentOfVerb, hasShape, parseJson, subjectsOf } from "../../contracts/index.ts";
import type { Coordinator } from "./coordinator.ts";

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

function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
