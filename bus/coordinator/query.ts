import { randomBytes } from "node:crypto";
import { type NatsConnection, NoRespondersError, RequestError, headers } from "@nats-io/transport-node";
import {
  InboxMessage,
  type QueryAnswer,
  type QueryArgs,
  type QueryName,
  type RefusalReason,
  defaultExpiryMs,
  hasShape,
  keyHeader,
  parseJson,
  querySchemasOf,
  signatureHeader,
  subjectsOf,
  wireVersion,
} from "../../contracts/index.ts";
import type { Identity } from "../identity.ts";

/** Whoever asks on the bus: a connection, a site, a name and the key that proves it. */
export interface Asker {
  readonly connection: NatsConnection;
  readonly site: string;
  readonly user: string;
  readonly identity: Identity;
}

export type QueryReply<Q extends QueryName> =
  | { readonly ok: true; readonly answer: QueryAnswer<Q> }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail: string };

/** How long a read may take, milliseconds. */
const answerTimeoutMs = 5_000;

/** A fresh operation id: 128 random bits as 32 hexadecimal digits. */
export function newOpId(): string {
  return randomBytes(16).toString("hex");
}

/** Headers that prove who sends `payload` on `subject`. */
export function signedHeaders(identity: Identity, subject: string, payload: Uint8Array) {
  const proof = headers();
  proof.set(keyHeader, identity.publicKey);
  proof.set(signatureHeader, identity.sign(subject, payload));
  return proof;
}

/** Asks the registry once. A refusal and silence are values: `no-agent-listening`, `answer-lost`, or the registry's own reason. */
export async function ask<Q extends QueryName>(asker: Asker, name: Q, args: QueryArgs<Q>): Promise<QueryReply<Q>> {
  const { connection, site, user, identity } = asker;
  const subjects = subjectsOf(site);
  const op = newOpId();
  const subject = subjects.query(name, user);
  const expiresAt = new Date(Date.now() + defaultExpiryMs).toISOString();
  const payload = Buffer.from(JSON.stringify({ v: wireVersion, op, expiresAt, args }));
  let text: string;
  try {
    const reply = await connection.request(subject, payload, {
      noMux: true,
      reply: subjects.inbox(user, op, "registry"),
      timeout: answerTimeoutMs,
      headers: signedHeaders(identity, subject, payload),
    });
    text = reply.string();
  } catch (error) {
    return failureOf(error);
  }
  const parsed = parseJson(text);
  if (!parsed.ok || !hasShape(InboxMessage, parsed.value)) return broken(name);
  const message = parsed.value;
  if (message.kind === "rejected") return { ok: false, reason: message.reason, detail: message.detail };
  if (message.kind !== "answer" || !hasShape(querySchemasOf(name).answer, message.answer)) return broken(name);
  return { ok: true, answer: message.answer as QueryAnswer<Q> };
}

function broken(name: string): { ok: false; reason: RefusalReason; detail: string } {
  return {
    ok: false,
    reason: "internal-error",
    detail: `the answer to query '${name}' is not of this version's shape`,
  };
}

function failureOf(error: unknown): { ok: false; reason: RefusalReason; detail: string } {
  if (isNoResponders(error)) {
    return { ok: false, reason: "no-agent-listening", detail: "no registry agent is listening on this site" };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { ok: false, reason: "answer-lost", detail: `the registry did not answer: ${why}` };
}

function isNoResponders(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
}
