import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NatsConnection } from "@nats-io/transport-node";
import { createInboxPublisher } from "../../bus/index.ts";
import { partsOf } from "../../bus/inbox-publisher.ts";
import { InboxMessage, hasShape, maxMessageBytes, subjectsOf } from "../../contracts/index.ts";
import { resultEvent, stepEvent } from "../support/fake-agent.ts";
import { type TestBus, startTestBus, testSite } from "../support/test-bus.ts";

const to = { user: "alice", op: "0".repeat(32) };
const other = { user: "alice", op: "1".repeat(32) };
const finishedAt = "2025-01-01T00:00:00.000Z";

interface Heard {
  readonly bytes: number;
  readonly subject: string;
  readonly message: InboxMessage;
}

/** Alice's ear at all of her inboxes: what came until `finished` for an operation did. */
async function listen(bus: TestBus, op = to.op): Promise<{ untilFinished: Promise<readonly Heard[]> }> {
  const connection = await bus.join("alice");
  const heard: Heard[] = [];
  const subscription = connection.subscribe(`rv.${testSite}.inbox.alice.>`);
  await connection.flush();
  const untilFinished = (async () => {
    for await (const { subject, data, string } of renamed(subscription)) {
      const message: unknown = JSON.parse(string);
      assert.ok(hasShape(InboxMessage, message), string.slice(0, 200));
      heard.push({ bytes: data.length, subject, message });
      if (message.kind === "finished" && message.op === op) break;
    }
    return heard;
  })();
  return { untilFinished };
}

async function* renamed(subscription: ReturnType<NatsConnection["subscribe"]>) {
  for await (const message of subscription) {
    yield { subject: message.subject, data: message.data, string: message.string() };
  }
}

describe("inbox publisher", { concurrency: 4 }, () => {
  test("what one tick produced for an operation goes in one message, in its order", async () => {
    await using bus = await startTestBus();
    const { untilFinished } = await listen(bus);
    const say = createInboxPublisher(await bus.join("reboot"), testSite, "reboot");

    say.accepted(to, "reboot", ["pc1", "pc2"]);
    for (const node of ["pc1", "pc2"]) say.event(to, stepEvent(node));
    say.event(other, resultEvent("pc9"));
    for (const node of ["pc1", "pc2"]) say.event(to, resultEvent(node));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    say.event(to, stepEvent("pc1", "late"));
    say.finished(to, 0, finishedAt);

    const heard = await untilFinished;
    const mine = heard.filter(({ message }) => message.op === to.op).map(({ message }) => message);
    assert.deepEqual(
      mine.map(({ kind }) => kind),
      ["accepted", "events", "events", "finished"],
    );
    const [, first] = mine;
    assert.ok(first?.kind === "events");
    assert.deepEqual(
      first.events.map(({ kind, node }) => `${kind} ${node}`),
      ["step pc1", "step pc2", "result pc1", "result pc2"],
    );
    assert.equal(heard.filter(({ message }) => message.op === other.op).length, 1);
    assert.deepEqual(
      new Set(heard.map(({ subject }) => subject)),
      new Set([to, other].map(({ op }) => subjectsOf(testSite).inbox("alice", op, "reboot"))),
    );
  });

  test("no message exceeds half a mebibyte, however many names and events there are", async () => {
    await using bus = await startTestBus();
    const { untilFinished } = await listen(bus);
    const say = createInboxPublisher(await bus.join("reboot"), testSite, "reboot");
    const nodes = Array.from({ length: 20_000 }, (_, index) => `${"n".repeat(56)}${String(index).padStart(7, "0")}`);

    say.accepted(to, "reboot", nodes);
    for (const node of nodes) say.event(to, resultEvent(node, "failed", "ü".repeat(100)));
    say.finished(to, nodes.length, finishedAt);

    const heard = await untilFinished;
    for (const { bytes } of heard) assert.ok(bytes <= maxMessageBytes, String(bytes));
    const accepted = heard.flatMap(({ message }) => (message.kind === "accepted" ? [message] : []));
    assert.ok(accepted.length > 1);
    assert.deepEqual(
      accepted.map(({ part, parts }) => [part, parts]),
      accepted.map((_, index) => [index + 1, accepted.length]),
    );
    assert.deepEqual(
      accepted.flatMap((part) => part.nodes),
      nodes,
    );
    const events = heard.flatMap(({ message }) => (message.kind === "events" ? message.events : []));
    assert.deepEqual(
      events.map(({ node }) => node),
      nodes,
    );
    assert.equal(heard.at(-1)?.message.kind, "finished");
  });

  test("a detail of megabytes is cut, and the message goes out", async () => {
    await using bus = await startTestBus();
    const { untilFinished } = await listen(bus);
    const say = createInboxPublisher(await bus.join("reboot"), testSite, "reboot");
    const flood = "\u0001".repeat(2_000_000);

    say.rejected(other, "malformed-arguments", flood);
    say.event(to, resultEvent("pc1", "failed", flood));
    say.event(to, { ...stepEvent("pc2"), kind: "step", detail: flood } as never);
    say.finished(to, 1, finishedAt);

    const heard = await untilFinished;
    assert.deepEqual(
      heard.map(({ message }) => message.kind),
      ["rejected", "events", "finished"],
    );
    for (const { bytes } of heard) assert.ok(bytes <= maxMessageBytes, String(bytes));
  });

  test("a refusal says the server's time, so that clocks can be compared", async () => {
    await using bus = await startTestBus();
    const { untilFinished } = await listen(bus);
    const say = createInboxPublisher(await bus.join("reboot"), testSite, "reboot");
    const before = Date.now();

    say.rejected(to, "command-expired", "too late");
    say.finished(to, 0, finishedAt);

    const [refusal] = await untilFinished;
    assert.ok(refusal?.message.kind === "rejected");
    const serverMs = Date.parse(refusal.message.serverTime);
    assert.ok(serverMs >= before && serverMs <= Date.now());
  });

  test("an agent that leaves in the midst of a tick loses its last words and nothing else", async () => {
    await using bus = await startTestBus();
    const connection = await bus.join("reboot");
    const say = createInboxPublisher(connection, testSite, "reboot");
    connection.subscribe(`rv.${testSite}.wake.reboot`, { callback: () => undefined });
    say.event(to, resultEvent("pc1"));
    const drained = connection.drain();
    say.event(to, resultEvent("pc2"));
    await drained;
    say.accepted(to, "reboot", ["pc1"]);
    say.event(to, resultEvent("pc3"));
    say.finished(to, 0, finishedAt);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.ok(connection.isClosed());
  });
});

test("items are parted so that each part stays below its bytes", () => {
  assert.deepEqual(partsOf([], 10), [[]]);
  assert.deepEqual(partsOf(["aaaa", "bbbb", "cc", "dd"], 10), [
    ["aaaa", "bbbb"],
    ["cc", "dd"],
  ]);
  assert.deepEqual(partsOf(["üü", "üü", "üü"], 10), [["üü", "üü"], ["üü"]]);
  assert.deepEqual(partsOf(["too long for any part", "a"], 10), [["too long for any part"], ["a"]]);
});
