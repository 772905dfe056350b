import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect, nkeyAuthenticator } from "@nats-io/transport-node";
import { createIdentity } from "../../infra/embedded/index.ts";
import { type TestBus, startTestBus } from "../support/test-bus.ts";
import { attacks } from "./attack-table.ts";
import { type Scene, openScene } from "./attack-scene.ts";

describe("with the permissions of the table", () => {
  let bus: TestBus;
  let scene: Scene;
  before(async () => {
    bus = await startTestBus();
    scene = await openScene(bus);
  });
  after(() => bus[Symbol.asyncDispose]());

  for (const { what, attempt } of attacks) {
    test(`${what}: refused`, async () => {
      assert.deepEqual(await attempt(scene.begin()), []);
    });
  }

  test("what everybody is there for is not refused", async () => {
    const stage = scene.begin();
    const { on, op, alice, reboot, registry, boot } = stage;
    const commands = stage.hears(reboot, on.command("reboot", "*"), "reboot");
    const queries = stage.hears(registry, on.query("*", "*"), "registry");
    const states = stage.hears(reboot, on.state("*"));
    const answers = stage.hears(alice, on.inbox("alice", op, "reboot"));
    await stage.settle();
    alice.publish(on.command("reboot", "alice"));
    alice.publish(on.query("nodes", "alice"));
    boot.publish(on.state("pc1"));
    reboot.publish(on.inbox("alice", op, "reboot"));
    await stage.settle();
    assert.deepEqual(
      [commands, queries, states, answers].map((heard) => heard.length),
      [1, 1, 1, 1],
    );
  });

  test("32 nobody without a key, and no key that is not listed, connects", async () => {
    const options = { servers: bus.nats.url, maxReconnectAttempts: 0 };
    await assert.rejects(connect(options));
    const seed = Buffer.from(createIdentity().seed);
    await assert.rejects(connect({ ...options, authenticator: nkeyAuthenticator(seed) }));
    await assert.rejects(connect({ ...options, user: "alice", pass: "alice" }));
  });
});

describe("without permissions", () => {
  let bus: TestBus;
  let scene: Scene;
  before(async () => {
    bus = await startTestBus({ publish: [">"], subscribe: [">"] });
    scene = await openScene(bus);
  });
  after(() => bus[Symbol.asyncDispose]());

  for (const { what, attempt } of attacks.filter(({ hasControl }) => hasControl)) {
    test(`${what}: succeeds, so that the refusal means something`, async () => {
      assert.notDeepEqual(await attempt(scene.begin()), []);
    });
  }
});

test("21, 24 a registry that answered on the reply subject would be lured, permissions or not", async () => {
  await using bus = await startTestBus();
  const stage = (await openScene(bus)).begin();
  const { on, op, alice } = stage;
  stage.answerQueries("naively");
  const victim = stage.hears(alice, on.inbox("alice", op, "registry"));
  await stage.settle();
  stage.asks("bob", on.query("nodes", "bob"), on.inbox("alice", op, "registry"));
  await stage.settle();
  assert.equal(victim.length, 1);
});
