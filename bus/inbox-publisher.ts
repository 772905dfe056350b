import { ClosedConnectionError, DrainingConnectionError, type NatsConnection } from "@nats-io/transport-node";
import {
  type AgentName,
  type NodeEvent,
  type RefusalReason,
  type Retry,
  type Verb,
  maxMessageBytes,
  subjectsOf,
  wireVersion,
} from "../contracts/index.ts";

/** Whose inbox: always derived from the command's own user and id, never from a message's reply subject. */
export interface InboxAddress {
  readonly user: string;
  readonly op: string;
}

/**
 * An agent's pen: it alone may publish on the inboxes that end in its name. Events of one tick go in one message, and
 * no message exceeds `maxMessageBytes`. Publishing may lose messages (core NATS); the ledger is the truth.
 */
export interface InboxPublisher {
  accepted(to: InboxAddress, verb: Verb, nodes: readonly string[]): void;
  rejected(to: InboxAddress, reason: RefusalReason, detail: string): void;
  /** Queued until the end of the tick, then sent with whatever else the tick produced for that operation. */
  event(to: InboxAddress, event: NodeEvent): void;
  /** Sent behind the operation's events so far. */
  finished(to: InboxAddress, code: number, finishedAt: string, retry?: Retry): void;
  answer(to: InboxAddress, answer: unknown): void;
  /** The answer takes its time; whoever waits for it hears that it is being worked on. */
  working(to: InboxAddress, progress: { readonly bytesDone: number; readonly bytesTotal?: number }): void;
}

/** Room kept for the envelope around a list of events or names, bytes. */
const envelopeBytes = 512;
/** What a person reads of one event or refusal, characters; the rest is cut off. */
const maxDetailLength = 8_000;

export function createInboxPublisher(connection: NatsConnection, site: string, agent: AgentName): InboxPublisher {
  const subjects = subjectsOf(site);
  const waiting = new Map<string, { readonly to: InboxAddress; readonly events: string[] }>();
  let isFlushScheduled = false;

  function send(to: InboxAddress, body: string): void {
    try {
      connection.publish(subjects.inbox(to.user, to.op, agent), body);
    } catch (error) {
      // An agent that is leaving has said what it could; whoever listens asks the ledger.
      if (!(error instanceof ClosedConnectionError || error instanceof DrainingConnectionError)) throw error;
    }
  }

  function flushOf(to: InboxAddress): void {
    const entry = waiting.get(to.op);
    if (!entry) return;
    waiting.delete(to.op);
    for (const part of partsOf(entry.events)) {
      send(to, `{"v":${wireVersion},"op":"${to.op}","kind":"events","events":[${part.join(",")}]}`);
    }
  }

  function flush(): void {
    isFlushScheduled = false;
    for (const { to } of [...waiting.values()]) flushOf(to);
  }

  return {
    accepted(to, verb, nodes) {
      const parts = partsOf(nodes.map((node) => JSON.stringify(node)));
      const head = { v: wireVersion, op: to.op, kind: "accepted", verb, user: to.user, nodeCount: nodes.length };
      parts.forEach((part, index) => {
        const rest = `"part":${index + 1},"parts":${parts.length},"nodes":[${part.join(",")}]}`;
        send(to, `${JSON.stringify(head).slice(0, -1)},${rest}`);
      });
    },
    rejected(to, reason, detail) {
      const serverTime = new Date().toISOString();
      const told = clipped(detail);
      send(to, JSON.stringify({ v: wireVersion, op: to.op, kind: "rejected", reason, detail: told, serverTime }));
    },
    event(to, event) {
      const entry = waiting.get(to.op) ?? { to, events: [] };
      entry.events.push(JSON.stringify(readable(event)));
      waiting.set(to.op, entry);
      if (!isFlushScheduled) {
        isFlushScheduled = true;
        setImmediate(flush);
      }
    },
    finished(to, code, finishedAt, retry) {
      flushOf(to);
      send(to, JSON.stringify({ v: wireVersion, op: to.op, kind: "finished", code, finishedAt, retry }));
    },
    answer(to, answer) {
      send(to, JSON.stringify({ v: wireVersion, op: to.op, kind: "answer", answer }));
    },
    working(to, { bytesDone, bytesTotal }) {
      send(to, JSON.stringify({ v: wireVersion, op: to.op, kind: "working", bytesDone, bytesTotal }));
    },
  };
}

/** The event with no longer a detail than a message has room for: a console's whole tail belongs in a log. */
function readable(event: NodeEvent): NodeEvent {
  if (event.kind === "progress") return event;
  const { detail } = event.kind === "step" ? event : event.result;
  if (detail === undefined || detail.length <= maxDetailLength) return event;
  if (event.kind === "step") return { ...event, detail: clipped(detail) };
  return { ...event, result: { ...event.result, detail: clipped(detail) } };
}

function clipped(detail: string): string {
  return detail.length > maxDetailLength ? `${detail.slice(0, maxDetailLength)}…` : detail;
}

/** The items in as few lists as keep each below a message's size; one empty list for none. */
export function partsOf(items: readonly string[], maxBytes = maxMessageBytes - envelopeBytes): string[][] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(item) + 1;
    if (bytes + size > maxBytes && bytes > 0) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(item);
    bytes += size;
  }
  return parts;
}
