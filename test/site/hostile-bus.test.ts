import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { type NatsConnection, headers } from "@nats-io/transport-node";
import { type Identity, connectBus, loadIdentity, readContext } from "../../bus/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { keepLog } from "../support/log-lines.ts";
import { siteWith } from "../support/site.ts";

const kept = keepLog();
const site = siteWith(
  {
    nodes: [{ name: "pc1" }, { name: "pc2" }],
    experiments: [{ name: "demo/lab", nodes: ["pc1"] }],
    users: [
      { name: "alice", projects: ["demo"] },
      { name: "mallory", projects: [] },
    ],
  },
  { log: kept.log },
);

const newOp = () => randomBytes(16).toString("hex");
const soon = (ms = 60_000) => new Date(Date.now() + ms).toISOString();
const commandOf = (op: string, args: unknown, more: object = {}) =>
  JSON.stringify({ v: 1, op, expiresAt: soon(), args, ...more });
const statusOf = (node: string) => ({ action: "status", nodelist: [node] });

interface Said {
  readonly op: string;
  readonly kind: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly code?: number;
}

/** Somebody with a key and the NATS client, and nothing else of ours. */
async function someone(user: string) {
  const { url, keyFile } = await readContext(site.contextFileOf(user));
  const identity = await loadIdentity(keyFile);
  const connection = await connectBus({ url, identity, name: `test ${user}` });
  const said: Said[] = [];
  connection.subscribe(`rv.local.inbox.${user}.>`, {
    callback: (error, message) => {
      if (error) return;
      const isNobody = message.data.length === 0 && message.headers?.code === 503;
      said.push(isNobody ? { op: message.subject.split(".")[4] ?? "", kind: "nobody" } : message.json());
    },
  });
  return {
    connection,
    identity,
    said,
    send: (payload: string, options: Partial<Sending> = {}) =>
      send(connection, { user, identity, payload, subject: `rv.local.cmd.power.${user}`, ...options }),
    answerTo: (op: string) => until(`an answer to ${op}`, () => said.find((message) => message.op === op)),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

interface Sending {
  readonly user: string;
  readonly identity: Identity;
  readonly subject: string;
  readonly payload: string;
  /** Default: what the identity signs. Null for none at all. */
  readonly signature: string | null;
  readonly reply: string;
}

function send(
  connection: NatsConnection,
  { identity, subject, payload, signature, reply, user }: Omit<Sending, "signature" | "reply"> & Partial<Sending>,
): void {
  const bytes = Buffer.from(payload);
  const proof = headers();
  if (signature !== null) {
    proof.set("Reveille-Key", identity.publicKey);
    proof.set("Reveille-Signature", signature ?? identity.sign(subject, bytes));
  }
  connection.publish(subject, bytes, { headers: proof, reply: reply ?? `rv.local.inbox.${user}.${newOp()}.reboot` });
}

/** The causes that agents logged for what they turned away, once there is one line like this. */
const loggedCause = (cause: string, since: number) =>
  until(`a log line of ${cause}`, () => kept.lines.slice(since).find((line) => line["cause"] === cause));

/** The agent is there and in order: a good command is admitted and ends well. */
async function assertServes(who: Awaited<ReturnType<typeof someone>>): Promise<void> {
  const op = newOp();
  who.send(commandOf(op, statusOf("pc1")));
  const ended = await until(`the end of ${op}`, () =>
    who.said.find((message) => message.op === op && message.kind === "finished"),
  );
  assert.equal(ended.code, 0);
}

describe("what is dropped at the door, with a log line and without a word", () => {
  const op = newOp();
  const good = commandOf(op, { action: "off", nodelist: ["pc1"] });
  const cases: readonly (readonly [title: string, cause: string, payload: string, options?: Partial<Sending>])[] = [
    ["JSON that is none", "not-json", '{"v":1,"op":'],
    ["bytes of no text", "not-json", "\u0000\ufffd\u0007"],
    ["a command without an id", "no-operation-id", JSON.stringify({ v: 1, expiresAt: soon(), args: {} })],
    ["a wrong signature", "signature-wrong", good, { signature: Buffer.alloc(64, 7).toString("base64url") }],
    ["a signature that is none", "signature-wrong", good, { signature: "AAAA" }],
    ["no signature", "unsigned", good, { signature: null }],
  ];
  for (const [title, cause, payload, options] of cases) {
    test(`${title} is ${cause}, and the agent goes on`, async () => {
      await using alice = await someone("alice");
      const since = kept.lines.length;
      alice.send(payload, options);
      await loggedCause(cause, since);
      await assertServes(alice);
      assert.ok(!alice.said.some((message) => message.op === op || message.kind === "rejected"));
      assert.deepEqual(await site.powerActions("pc1"), []);
    });
  }

  test("a signature over another subject is worth nothing", async () => {
    await using alice = await someone("alice");
    const since = kept.lines.length;
    const signature = alice.identity.sign("rv.local.cmd.reboot.alice", Buffer.from(good));
    alice.send(good, { signature });
    await loggedCause("signature-wrong", since);
    await assertServes(alice);
  });

  test("a command under another's name, signed with one's own key, is a stranger's", async () => {
    await using alice = await someone("alice");
    const mallory = await someone("mallory");
    await mallory.connection.close();
    const since = kept.lines.length;
    alice.send(good, { identity: mallory.identity });
    await loggedCause("stranger", since);
    await assertServes(alice);
  });
});

describe("what nats-server itself keeps apart", () => {
  test("nobody publishes under another's name, or reads another's inbox", async () => {
    await using mallory = await someone("mallory");
    const refused: string[] = [];
    void (async () => {
      for await (const status of mallory.connection.status()) {
        if (status.type === "error") refused.push(status.error.message);
      }
    })();
    const heard: unknown[] = [];
    mallory.connection.subscribe("rv.local.inbox.alice.>", {
      callback: (error, message) => {
        if (!error) heard.push(message);
      },
    });
    const op = newOp();
    mallory.send(commandOf(op, statusOf("pc1")), { subject: "rv.local.cmd.power.alice" });
    await until("both are refused", () => refused.length >= 2);

    await using alice = await someone("alice");
    await assertServes(alice);
    assert.deepEqual(heard, []);
    assert.ok(!alice.said.some((message) => message.op === op));
  });

  test("a reply subject in another's inbox lures no agent", async () => {
    await using alice = await someone("alice");
    await using mallory = await someone("mallory");
    const op = newOp();
    mallory.send(commandOf(op, statusOf("pc1")), { reply: `rv.local.inbox.alice.${op}.reboot` });
    assert.equal((await mallory.answerTo(op)).kind, "accepted");
    await assertServes(alice);
    assert.ok(!alice.said.some((message) => message.op === op));
  });
});

describe("what is refused on the sender's own inbox", () => {
  const noDay = "2026-13-01T00:00:00.000Z";
  const off = (nodelist: readonly unknown[]) => ({ action: "off", nodelist });
  const full = (op: string, maxBytes: number) => {
    const empty = Buffer.byteLength(commandOf(op, off([""])));
    return commandOf(op, off(["x".repeat(maxBytes - empty)]));
  };
  const cases: readonly (readonly [title: string, reason: string, payloadOf: (op: string) => string])[] = [
    ["a payload at NATS's limit", "malformed-arguments", (op) => full(op, 1_048_576 - 512)],
    [
      "a nodelist of 100,000 names",
      "malformed-arguments",
      (op) => commandOf(op, off(Array.from({ length: 100_000 }, (_, index) => `n${index}`))),
    ],
    ["a shell's characters in a name", "malformed-arguments", (op) => commandOf(op, off(["pc1; reboot", "$(halt)"]))],
    ["SQL in a name", "malformed-arguments", (op) => commandOf(op, off(["pc1'; drop table registry.nodes; --"]))],
    ["a name that is no text", "malformed-arguments", (op) => commandOf(op, off([{ toString: "pc1" }]))],
    ["a name of JavaScript's own", "node-unknown", (op) => commandOf(op, { ...statusOf("constructor") })],
    ["an argument nobody knows", "malformed-arguments", (op) => commandOf(op, { ...off(["pc1"]), sudo: true })],
    ["a version to come", "malformed-arguments", (op) => commandOf(op, off(["pc1"]), { v: 2 })],
    ["an expired command", "command-expired", (op) => commandOf(op, off(["pc1"]), { expiresAt: soon(-1_000) })],
    ["one too far ahead", "expiry-too-late", (op) => commandOf(op, off(["pc1"]), { expiresAt: soon(3_600_000) })],
    ["a deadline of no day", "malformed-arguments", (op) => commandOf(op, off(["pc1"]), { deadlineAt: noDay })],
    ["another's node", "permission-denied", (op) => commandOf(op, off(["pc1", "pc2"]))],
  ];
  for (const [title, reason, payloadOf] of cases) {
    test(`${title} is ${reason}, and the agent goes on`, async () => {
      await using alice = await someone("alice");
      const op = newOp();
      alice.send(payloadOf(op));
      const { kind, reason: told, detail = "" } = await alice.answerTo(op);
      assert.deepEqual({ kind, told }, { kind: "rejected", told: reason });
      assert.ok(detail.length > 5 && detail.length < 1_000, `a detail of ${detail.length} characters`);
      await assertServes(alice);
      assert.deepEqual(await site.powerActions("pc1"), []);
    });
  }

  test("an id that another payload has is op-id-reused, whoever sends it", async () => {
    await using alice = await someone("alice");
    await using mallory = await someone("mallory");
    const op = newOp();
    alice.send(commandOf(op, statusOf("pc1")));
    await alice.answerTo(op);
    mallory.send(commandOf(op, statusOf("pc1")));
    assert.equal((await mallory.answerTo(op)).reason, "op-id-reused");
    alice.send(commandOf(op, { action: "off", nodelist: ["pc1"] }));
    await until("the refusal", () => alice.said.find((message) => message.reason === "op-id-reused"));
    assert.deepEqual(await site.powerActions("pc1"), []);
  });

  test("a verb that there is not reaches nobody", async () => {
    await using alice = await someone("alice");
    const op = newOp();
    const reply = `rv.local.inbox.alice.${op}.reboot`;
    alice.send(commandOf(op, {}), { subject: "rv.local.cmd.format.alice", reply });
    assert.equal((await alice.answerTo(op)).kind, "nobody");
    await assertServes(alice);
  });
});
