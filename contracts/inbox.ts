import Type from "typebox";
import { isActingVerb, verbs } from "./commands/index.ts";
import { NodeEvent } from "./events.ts";
import { Instant, NodeName, OpId, UserName, wireVersion } from "./names.ts";
import { type RefusalReason, isRefusalReason, reasons } from "./reasons/index.ts";
import { retries } from "./results.ts";

const envelope = { v: Type.Literal(wireVersion), op: OpId };

/** The command became (or already was) an operation. `nodes` comes in parts when it is long; `part` counts from 1. */
export const Accepted = Type.Object({
  ...envelope,
  kind: Type.Literal("accepted"),
  verb: Type.Enum(verbs.filter(isActingVerb)),
  user: UserName,
  nodeCount: Type.Integer({ minimum: 1 }),
  nodes: Type.Array(NodeName),
  part: Type.Integer({ minimum: 1 }),
  parts: Type.Integer({ minimum: 1 }),
});
export type Accepted = Type.Static<typeof Accepted>;

/** The command was refused as a whole: nothing was touched. `serverTime` lets the caller compare clocks. */
export const Rejected = Type.Object({
  ...envelope,
  kind: Type.Literal("rejected"),
  reason: Type.Enum(reasons.filter(isRefusalReason) as [RefusalReason, ...RefusalReason[]]),
  detail: Type.String(),
  serverTime: Instant,
});
export type Rejected = Type.Static<typeof Rejected>;

/** What one moment produced, in the order it happened to each node. */
export const Events = Type.Object({ ...envelope, kind: Type.Literal("events"), events: Type.Array(NodeEvent) });
export type Events = Type.Static<typeof Events>;

/** Every node has its result. */
export const Finished = Type.Object({
  ...envelope,
  kind: Type.Literal("finished"),
  code: Type.Integer({ minimum: 0 }),
  finishedAt: Instant,
  /** Of a setup that failed: whether to try again. */
  retry: Type.Optional(Type.Enum([...retries])),
});
export type Finished = Type.Static<typeof Finished>;

/** What a query, or a command that makes no operation (`cancel-<verb>`), brought. */
export const Answer = Type.Object({ ...envelope, kind: Type.Literal("answer"), answer: Type.Unknown() });
export type Answer = Type.Static<typeof Answer>;

/**
 * A command that makes no operation is being worked on, and its answer is yet to come (`image-add`, `image-verify`): told
 * every second or so. `bytesTotal` is left out where nobody knows it beforehand.
 */
export const Working = Type.Object({
  ...envelope,
  kind: Type.Literal("working"),
  bytesDone: Type.Integer({ minimum: 0 }),
  bytesTotal: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type Working = Type.Static<typeof Working>;

/** Whatever an agent publishes on a reply inbox. */
export const InboxMessage = Type.Union([Accepted, Rejected, Events, Finished, Answer, Working]);
export type InboxMessage = Type.Static<typeof InboxMessage>;

/** Messages are split to stay below this many bytes of JSON. */
export const maxMessageBytes = 512 * 1024;
