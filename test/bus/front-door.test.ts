import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Msg, headers } from "@nats-io/transport-node";
import { type DropCause, type Identity, type Knock, identityOf, openFrontDoor } from "../../bus/index.ts";
import { examine, expiryRefusal } from "../../bus/front-door.ts";
import {
  type RefusalReason,
  clockToleranceMs,
  keyHeader,
  maxExpiryMs,
  signatureHeader,
  subjectsOf,
} from "../../contracts/index.ts";
import { createIdentity } from "../../infra/embedded/index.ts";
import { startTestBus, testSite } from "../support/test-bus.ts";

const alice = identityOf(createIdentity().seed);
const bob = identityOf(createIdentity().seed);
const stranger = identityOf(createIdentity().seed);
const names = new Map([
  [alice.publicKey, "alice"],
  [bob.publicKey, "bob"],
]);
const identify = async (publicKey: string) => names.get(publicKey);

const nowMs = Date.parse("2025-01-01T00:00:00.000Z");
const op = "0123456789abcdef0123456789abcdef";
const soon = new Date(nowMs + 60_000).toISOString();
const subject = subjectsOf(testSite).command("reboot", "alice");
const good = { v: 1, op, expiresAt: soon, args: { nodelist: ["pc1"] } };

interface Sent {
  readonly subject?: string;
  /** Anything but a string is written as JSON. */
  readonly body?: unknown;
  readonly identity?: Identity;
  /** What was signed, where that is another thing than what is sent. */
  readonly signedSubject?: string;
  readonly signedBody?: unknown;
  readonly without?: typeof keyHeader | typeof signatureHeader;
  readonly signature?: string;
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function messageOf(sent: Sent): Msg {
  const { identity = alice, body = good } = sent;
  const to = sent.subject ?? subject;
  const data = bytesOf(body);
  const proof = headers();
  const signature = identity.sign(sent.signedSubject ?? to, bytesOf(sent.signedBody ?? data));
  if (sent.without !== keyHeader) proof.set(keyHeader, identity.publicKey);
  if (sent.without !== signatureHeader) proof.set(signatureHeader, sent.signature ?? signature);
  return { subject: to, data, headers: proof } as unknown as Msg;
}

const knockOf = (sent: Sent): Promise<Knock> => examine(messageOf(sent), identify, () => nowMs);

/** The good command with other arguments. */
const withArgs = (args: unknown): Sent => ({ body: { ...good, args } });
const withNodes = (nodelist: unknown): Sent => withArgs({ nodelist });

const dropped: readonly (readonly [what: string, sent: Sent, cause: DropCause])[] = [
  ["a message without a key", { without: keyHeader }, "unsigned"],
  ["a message without a signature", { without: signatureHeader }, "unsigned"],
  ["a message with an empty signature", { signature: "" }, "unsigned"],
  ["a stranger's message", { identity: stranger }, "stranger"],
  ["a message in another's name", { identity: bob }, "stranger"],
  ["a signature that is another key's", { signature: bob.sign(subject, bytesOf(good)) }, "signature-wrong"],
  ["a signature that is noise", { signature: "A".repeat(86) }, "signature-wrong"],
  ["a signature that is no base64url", { signature: "!!" }, "signature-wrong"],
  ["a signature of another subject", { signedSubject: "rv.local.cmd.power.alice" }, "signature-wrong"],
  ["a signature of another site's subject", { signedSubject: "rv.other.cmd.reboot.alice" }, "signature-wrong"],
  ["a signature of another payload", { signedBody: { ...good, args: { nodelist: ["pc2"] } } }, "signature-wrong"],
  [
    "a payload with one more blank than was signed",
    { body: `${JSON.stringify(good)} `, signedBody: good },
    "signature-wrong",
  ],
  ["an empty payload", { body: "" }, "not-json"],
  ["half a JSON", { body: '{"v":1' }, "not-json"],
  ["a payload that is no UTF-8", { body: Buffer.from([0xff, 0xfe, 0x00]) }, "not-json"],
  ["a payload at NATS's limit", { body: "[".repeat(1_048_576) }, "not-json"],
  ["a payload without an operation", { body: { ...good, op: undefined } }, "no-operation-id"],
  ["a payload that is a list", { body: [good] }, "no-operation-id"],
  ["a payload that is null", { body: "null" }, "no-operation-id"],
  ["an operation's id in capitals", { body: { ...good, op: op.toUpperCase() } }, "no-operation-id"],
  ["an operation's id that would be a subject", { body: { ...good, op: "*.>" } }, "no-operation-id"],
  ["an operation's id that is a list", { body: { ...good, op: [op] } }, "no-operation-id"],
  ["an inbox's subject", { subject: `rv.local.inbox.alice.${op}.reboot` }, "subject-unknown"],
  ["a subject with a wildcard for a user", { subject: "rv.local.cmd.reboot.*" }, "subject-unknown"],
  ["a subject with too many tokens", { subject: "rv.local.cmd.reboot.alice.bob" }, "subject-unknown"],
  ["a subject of something else", { subject: "_INBOX.abc" }, "subject-unknown"],
];

const refused: readonly (readonly [what: string, sent: Sent, reason: RefusalReason, detail: RegExp])[] = [
  ["an unknown verb", { subject: "rv.local.cmd.explode.alice" }, "malformed-arguments", /no verb 'explode'/],
  [
    "a verb named like an object's method",
    { subject: "rv.local.cmd.constructor.alice" },
    "malformed-arguments",
    /no verb/,
  ],
  ["an unknown query", { subject: "rv.local.query.secrets.alice" }, "malformed-arguments", /no query 'secrets'/],
  ["another version", { body: { ...good, v: 2 } }, "malformed-arguments", /^v must be/],
  ["no arguments", { body: { v: 1, op, expiresAt: soon } }, "malformed-arguments", /required properties: args/],
  ["arguments that are a list", withArgs([]), "malformed-arguments", /args must/],
  ["an unknown key", { body: { ...good, priority: 9 } }, "malformed-arguments", /additional properties: priority/],
  [
    "an unknown argument",
    withArgs({ nodelist: ["pc1"], speed: 9 }),
    "malformed-arguments",
    /additional properties: speed/,
  ],
  ["a switch that is text", withArgs({ nodelist: ["pc1"], powercycle: "yes" }), "malformed-arguments", /powercycle/],
  ["an empty nodelist", withNodes([]), "nodelist-empty", /no name/],
  ["a nodelist that is text", withNodes("pc1"), "malformed-arguments", /nodelist/],
  [
    "a hundred thousand names",
    withNodes(Array.from({ length: 100_000 }, (_, index) => `n${index}`)),
    "malformed-arguments",
    /more than 65536/,
  ],
  ["freemode false", withArgs({ freemode: false }), "malformed-arguments", /freemode/],
  ["an experiment that climbs", withArgs({ experiment: "../etc" }), "malformed-arguments", /experiment/],
  [
    "a share above a hundred",
    withArgs({ nodelist: ["pc1"], maxFailures: "101%" }),
    "malformed-arguments",
    /maxFailures/,
  ],
  [
    "a date that is none",
    { body: { ...good, expiresAt: "2025-13-45T99:99:99.999Z" } },
    "malformed-arguments",
    /expiresAt/,
  ],
  ["a date in words", { body: { ...good, expiresAt: "tomorrow" } }, "malformed-arguments", /expiresAt/],
  [
    "a command that expired",
    { body: { ...good, expiresAt: new Date(nowMs - 1).toISOString() } },
    "command-expired",
    /here it is 2025-01-01T00:00:00.000Z/,
  ],
  [
    "a command that lives too long",
    { body: { ...good, expiresAt: "2025-01-01T01:00:00.000Z" } },
    "expiry-too-late",
    /here it is/,
  ],
  ["a parent that is no operation", { body: { ...good, parentOp: "alice" } }, "malformed-arguments", /parentOp/],
];

const metacharacters = [
  "pc1;reboot",
  "$(id)",
  "`id`",
  "pc1|sh",
  "pc1&",
  "pc1'--",
  'pc1"',
  "pc1\n",
  "pc1 pc2",
  "../pc1",
  "%s",
  "pc1\0",
  "*",
  ">",
  "pc.1",
  "-rf",
  "'; drop table nodes; --",
];

for (const [what, sent, cause] of dropped) {
  test(`${what} is dropped without an answer (${cause})`, async () => {
    assert.deepEqual(await knockOf(sent), { kind: "dropped", cause });
  });
}

for (const [what, sent, reason, detail] of refused) {
  test(`${what} is refused on the sender's own inbox (${reason})`, async () => {
    const knock = await knockOf(sent);
    assert.ok(knock.kind === "refused", knock.kind);
    assert.deepEqual(knock.to, { user: "alice", op });
    assert.equal(knock.reason, reason);
    assert.match(knock.detail, detail);
    assert.ok(knock.detail.length < 1_000);
  });
}

test("a name with a shell's or SQL's metacharacters is refused, in every place for a name", async () => {
  for (const name of metacharacters) {
    for (const args of [{ nodelist: ["pc1", name] }, { experiment: `testbed/${name}` }]) {
      const knock = await knockOf(withArgs(args));
      assert.ok(knock.kind === "refused" && knock.reason === "malformed-arguments", JSON.stringify(args));
    }
  }
});

test("what is in order passes, with its verb and its user", async () => {
  assert.deepEqual(await knockOf({}), { kind: "command", to: { user: "alice", op }, verb: "reboot", command: good });
  assert.deepEqual(await knockOf({ subject: "rv.local.query.operation.alice", body: { ...good, args: { op } } }), {
    kind: "query",
    to: { user: "alice", op },
    name: "operation",
    args: { op },
  });
});

test("the most nodes that one command may name pass", async () => {
  const nodelist = Array.from({ length: 65_536 }, (_, index) => `n${index}`);
  assert.equal((await knockOf(withNodes(nodelist))).kind, "command");
});

test("a command may come until it expires, and may live ten minutes by any tolerable clock", () => {
  const at = (offsetMs: number) => expiryRefusal(new Date(nowMs + offsetMs).toISOString(), nowMs)?.reason;
  assert.equal(at(-1), "command-expired");
  assert.equal(at(0), "command-expired");
  assert.equal(at(1), undefined);
  assert.equal(at(maxExpiryMs), undefined);
  assert.equal(at(maxExpiryMs + clockToleranceMs), undefined);
  assert.equal(at(maxExpiryMs + clockToleranceMs + 1), "expiry-too-late");
});

describe("an open door", { concurrency: 2 }, () => {
  test("lets a hundred bad knocks by, and answers the good one after them", async () => {
    await using bus = await startTestBus();
    const connection = await bus.join("reboot");
    const knocks: Knock[] = [];
    const done = new Promise<void>((resolve) => {
      openFrontDoor({
        connection,
        agent: "reboot",
        subjects: [subjectsOf(testSite).command("reboot", "*")],
        identify: (publicKey) => bus.identify(publicKey),
        onKnock: async (knock) => {
          knocks.push(knock);
          if (knock.kind === "command") resolve();
        },
        onFault: () => undefined,
      });
    });
    await connection.flush();
    const sender = await bus.join("alice");
    for (let time = 0; time < 100; time++) sender.publish(subject, "[".repeat(10_000));
    const payload = bytesOf({ ...good, expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const proof = headers();
    proof.set(keyHeader, bus.identity("alice").publicKey);
    proof.set(signatureHeader, bus.identity("alice").sign(subject, payload));
    sender.publish(subject, payload, { headers: proof });

    await done;

    assert.equal(knocks.filter(({ kind }) => kind === "dropped").length, 100);
  });

  test("tells of a fault in what lies behind it, and stays open", async () => {
    await using bus = await startTestBus();
    const connection = await bus.join("reboot");
    const faults: unknown[] = [];
    let resolveSecond: () => void;
    const second = new Promise<void>((resolve) => (resolveSecond = resolve));
    const door = openFrontDoor({
      connection,
      agent: "reboot",
      subjects: [subjectsOf(testSite).command("reboot", "*")],
      identify: async () => {
        throw new Error("the database is gone");
      },
      onKnock: async () => undefined,
      onFault: (error) => {
        faults.push(error);
        if (faults.length === 2) resolveSecond();
      },
    });
    await connection.flush();
    const sender = await bus.join("alice");
    const proof = headers();
    proof.set(keyHeader, alice.publicKey);
    proof.set(signatureHeader, "x");
    for (let time = 0; time < 2; time++) sender.publish(subject, "{}", { headers: proof });

    await second;

    assert.match(String(faults[0]), /the database is gone/);
    await door.close();
  });

  test("closes once what it took has been dealt with", async () => {
    await using bus = await startTestBus();
    const connection = await bus.join("reboot");
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isDone = false;
    const taken = new Promise<{ close(): Promise<void> }>((resolve) => {
      const door = openFrontDoor({
        connection,
        agent: "reboot",
        subjects: [subjectsOf(testSite).command("reboot", "*")],
        identify: (publicKey) => bus.identify(publicKey),
        onKnock: async () => {
          resolve(door);
          await held;
          isDone = true;
        },
        onFault: () => undefined,
      });
    });
    await connection.flush();
    (await bus.join("alice")).publish(subject, "{}");
    const door = await taken;

    const closed = door.close().then(() => isDone);
    release();

    assert.equal(await closed, true);
  });
});
