import type { Msg, NatsConnection } from "@nats-io/transport-node";
import {
  type AgentName,
  type Command,
  CommandEnvelope,
  type Instant,
  type QueryArgs,
  QueryEnvelope,
  type QueryName,
  type RefusalReason,
  type Verb,
  argsSchemaOf,
  clockToleranceMs,
  hasShape,
  isActingVerb,
  isQueryName,
  isVerb,
  keyHeader,
  maxExpiryMs,
  parseJson,
  parseSubject,
  problemsOf,
  querySchemasOf,
  signatureHeader,
} from "../contracts/index.ts";
import { isSignedBy } from "./identity.ts";
import type { InboxAddress } from "./inbox-publisher.ts";

/**
 * An agent's front door. What passes is well formed, in time, signed by the very user its subject names, and known to
 * the site. What fails before the signature is known to be good gets no answer (nobody is lured into writing to a
 * stranger's inbox), only a count and a log line; what fails after it is rejected on the user's own inbox.
 */
export type Knock =
  | { readonly kind: "command"; readonly to: InboxAddress; readonly verb: Verb; readonly command: Command }
  | { readonly kind: "query"; readonly to: InboxAddress; readonly name: QueryName; readonly args: QueryArgs<QueryName> }
  | { readonly kind: "refused"; readonly to: InboxAddress; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: "dropped"; readonly cause: DropCause };

export type DropCause =
  "subject-unknown" | "unsigned" | "stranger" | "signature-wrong" | "not-json" | "no-operation-id";

/** Gives the name under which a public key is known to the site, or undefined for a stranger or a revoked one. */
export type Identify = (publicKey: string) => Promise<string | undefined>;

/** Checks one message; pure but for `identify`. */
export async function examine(message: Msg, identify: Identify, now: () => number): Promise<Knock> {
  const subject = parseSubject(message.subject);
  if (subject?.kind !== "cmd" && subject?.kind !== "query") return { kind: "dropped", cause: "subject-unknown" };
  const publicKey = message.headers?.get(keyHeader);
  const signature = message.headers?.get(signatureHeader);
  if (!publicKey || !signature) return { kind: "dropped", cause: "unsigned" };
  const user = await identify(publicKey);
  if (user === undefined || user !== subject.user) return { kind: "dropped", cause: "stranger" };
  if (!isSignedBy(publicKey, message.subject, message.data, signature)) {
    return { kind: "dropped", cause: "signature-wrong" };
  }
  const parsed = parseJson(Buffer.from(message.data).toString("utf8"));
  if (!parsed.ok) return { kind: "dropped", cause: "not-json" };
  const body = parsed.value;
  const op = typeof body === "object" && body !== null && "op" in body ? body.op : undefined;
  if (typeof op !== "string" || !/^[0-9a-f]{32}$/.test(op)) return { kind: "dropped", cause: "no-operation-id" };
  const to = { user, op };
  const refuse = (detail: string): Knock => ({ kind: "refused", to, reason: "malformed-arguments", detail });

  if (subject.kind === "query") {
    if (!isQueryName(subject.name)) return refuse(`there is no query '${subject.name}'`);
    if (!hasShape(QueryEnvelope, body)) return refuse(problemsOf(QueryEnvelope, body));
    const { args: schema } = querySchemasOf(subject.name);
    if (!hasShape(schema, body.args)) return refuse(`args: ${problemsOf(schema, body.args)}`);
    const late = expiryRefusal(body.expiresAt, now());
    if (late) return { kind: "refused", to, ...late };
    return { kind: "query", to, name: subject.name, args: body.args };
  }
  if (!isVerb(subject.verb)) return refuse(`there is no verb '${subject.verb}'`);
  if (!hasShape(CommandEnvelope, body)) return refuse(problemsOf(CommandEnvelope, body));
  const schema = argsSchemaOf(subject.verb);
  if (isEmptyList(body.args["nodelist"])) {
    return { kind: "refused", to, reason: "nodelist-empty", detail: "args/nodelist holds no name" };
  }
  if (!hasShape(schema, body.args)) return refuse(`args: ${problemsOf(schema, body.args)}`);
  if (body.dryRun && !isActingVerb(subject.verb)) return refuse(`${subject.verb} has no dry run of this kind`);
  if (body.deadlineAt !== undefined && !isActingVerb(subject.verb)) return refuse(`${subject.verb} has no deadline`);
  if (body.deadlineAt !== undefined && Number.isNaN(Date.parse(body.deadlineAt)))
    return refuse("deadlineAt is no date");
  const late = expiryRefusal(body.expiresAt, now());
  if (late) return { kind: "refused", to, ...late };
  return { kind: "command", to, verb: subject.verb, command: body };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Whether a command may still be taken at `nowMs`; strict for the past, since a reboot that comes late does harm. */
export function expiryRefusal(
  expiresAt: Instant,
  nowMs: number,
): { readonly reason: RefusalReason; readonly detail: string } | undefined {
  const expiresMs = Date.parse(expiresAt);
  const serverTime = new Date(nowMs).toISOString();
  if (Number.isNaN(expiresMs)) return { reason: "malformed-arguments", detail: "expiresAt is no date" };
  if (expiresMs <= nowMs)
    return { reason: "command-expired", detail: `expired at ${expiresAt}; here it is ${serverTime}` };
  if (expiresMs > nowMs + maxExpiryMs + clockToleranceMs) {
    return { reason: "expiry-too-late", detail: `expires at ${expiresAt}; here it is ${serverTime}` };
  }
  return undefined;
}

export interface FrontDoorOptions {
  readonly connection: NatsConnection;
  readonly agent: AgentName;
  readonly subjects: readonly string[];
  readonly identify: Identify;
  /** Called for each message that was examined; what it throws is the caller's fault and reaches `onFault`. */
  readonly onKnock: (knock: Knock, subject: string) => Promise<void>;
  readonly onFault: (error: unknown, subject: string) => void;
}

/** Opens the door: subscribes in the agent's queue group. The promise of `close` settles when what was taken is done. */
export function openFrontDoor(options: FrontDoorOptions): { close(): Promise<void> } {
  const { connection, agent, subjects, identify, onKnock, onFault } = options;
  const atWork = new Set<Promise<void>>();
  const subscriptions = subjects.map((subject) =>
    connection.subscribe(subject, {
      queue: agent,
      callback: (error, message) => {
        if (error) {
          onFault(error, subject);
          return;
        }
        const work = examine(message, identify, Date.now)
          .then((knock) => onKnock(knock, message.subject))
          .catch((fault: unknown) => onFault(fault, message.subject))
          .finally(() => atWork.delete(work));
        atWork.add(work);
      },
    }),
  );
  return {
    close: async () => {
      if (!connection.isClosed()) await Promise.all(subscriptions.map((subscription) => subscription.drain()));
      await Promise.all(atWork);
    },
  };
}
