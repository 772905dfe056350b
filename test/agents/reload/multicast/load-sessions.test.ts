import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { type LoadSessionsOptions, createLoadSessions } from "../../../../agents/reload/multicast/load-sessions.ts";
import type { MulticastSession, SessionEnd } from "../../../../infra/multicast/index.ts";
import { until } from "../../../infra/simulator/support/until.ts";

interface Sent {
  readonly image: string;
  readonly receivers: number;
  readonly session: MulticastSession;
  end(): void;
}

/** The choices that are made, with sessions that send nothing: udp-sender is the lab's. */
function scene(t: TestContext, more: Partial<LoadSessionsOptions> = {}) {
  const sent: Sent[] = [];
  const chosen = new Map<string, string>();
  const sessions = createLoadSessions({
    rule: { minReceivers: 3, windowMs: 60_000 },
    maxSessions: 1,
    log: pino({ level: "silent" }),
    start(image, { receivers }) {
      let resolve: (end: SessionEnd) => void = () => undefined;
      const ended = new Promise<SessionEnd>((settle) => (resolve = settle));
      const end = () => resolve({ outcome: "sent", joined: [], dropped: [] });
      const stop = () => {
        resolve({ outcome: "stopped", joined: [], dropped: [] });
        return ended;
      };
      const channel = { kind: "multicast", portBase: 20_000 + 2 * sent.length, group: "239.192.1.1" } as const;
      const session = { channel, ended, stop };
      sent.push({ image, receivers, session, end });
      return session;
    },
    async choose(choices) {
      for (const { node, image, transport } of choices)
        chosen.set(image === "base" ? node : `${node} ${image}`, transport.kind);
      return new Set(choices.map(({ node }) => node));
    },
    ...more,
  });
  t.after(() => sessions.close());
  return {
    ...{ sessions, sent, chosen },
    coming: (node: string, images = "base", loadId = `${node}'s`) =>
      sessions.tell(node, { loadId, images: images.split(" "), isReady: false }),
    ready: (node: string, images = "base", loadId = `${node}'s`) =>
      sessions.tell(node, { loadId, images: images.split(" "), isReady: true }),
    reached: (node: string, image: string) => sessions.reached(node, { loadId: `${node}'s`, image }),
    chosenAre: (expected: Readonly<Record<string, string>>) =>
      until(`the choices are ${JSON.stringify(expected)}`, () => {
        const made = Object.fromEntries(chosen);
        return Object.keys(made).length === Object.keys(expected).length && (assert.deepEqual(made, expected), true);
      }),
  };
}

test("three nodes of one image share a session once the last of them is ready", async (t) => {
  const { sent, coming, ready, chosenAre } = scene(t);
  for (const node of ["pc1", "pc2", "pc3"]) coming(node);
  ready("pc1");
  ready("pc2");
  // Chosen with the others in view: they were not chosen for.
  ready("lone", "home");
  await chosenAre({ "lone home": "http" });
  assert.deepEqual(sent, []);
  ready("pc3");
  await chosenAre({ "lone home": "http", pc1: "multicast", pc2: "multicast", pc3: "multicast" });
  assert.deepEqual(
    sent.map(({ image, receivers }) => [image, receivers]),
    [["base", 3]],
  );
});

test("a node that is alone with its image gets it by HTTP at once, and so does one that is late", async (t) => {
  const { sent, ready, chosenAre } = scene(t);
  ready("lone", "home");
  await chosenAre({ "lone home": "http" });
  for (const node of ["pc1", "pc2", "pc3"]) ready(node);
  const shared = { pc1: "multicast", pc2: "multicast", pc3: "multicast" };
  await chosenAre({ "lone home": "http", ...shared });
  ready("late");
  await chosenAre({ "lone home": "http", ...shared, late: "http" });
  sent[0]!.end();
  assert.equal(sent.length, 1);
});

test("whoever waits does so no longer than the window, or than the others are on their way", async (t) => {
  const { sessions, coming, ready, chosenAre } = scene(t, { rule: { minReceivers: 3, windowMs: 50 } });
  for (const node of ["pc1", "pc2", "pc3"]) coming(node);
  ready("pc1");
  await chosenAre({ pc1: "http" });
  for (const node of ["pc4", "pc5"]) coming(node);
  ready("pc2");
  for (const node of ["pc3", "pc4", "pc5"]) sessions.tell(node, undefined);
  await chosenAre({ pc1: "http", pc2: "http" });
});

test("no more sessions are sent than are allowed, and a node that is loaded once more is chosen for anew", async (t) => {
  const { sent, chosen, ready, chosenAre } = scene(t);
  for (const node of ["a1", "a2", "a3"]) ready(node, "a");
  await chosenAre({ "a1 a": "multicast", "a2 a": "multicast", "a3 a": "multicast" });
  for (const node of ["b1", "b2", "b3"]) ready(node, "b");
  await until("b goes by HTTP", () => chosen.get("b3 b") === "http");
  sent[0]!.end();
  await sent[0]!.session.ended;
  for (const node of ["b1", "b2", "b3"]) ready(node, "b", `${node}'s second`);
  await until("b is sent", () => chosen.get("b3 b") === "multicast");
});

test("those who shared an image share the next, with whoever else has come to it, once all of them have", async (t) => {
  const { sent, chosen, ready, reached, chosenAre } = scene(t);
  for (const node of ["pc1", "pc2"]) ready(node, "base home");
  ready("pc3");
  await chosenAre({ pc1: "multicast", pc2: "multicast", pc3: "multicast" });
  sent[0]!.end();
  await sent[0]!.session.ended;
  reached("pc1", "home");
  ready("pc4", "home");
  // Chosen with the others in view: they wait for pc2.
  ready("lone");
  await until("lone gets it alone", () => chosen.get("lone") === "http");
  assert.equal(sent.length, 1);
  reached("pc2", "home");
  await until("home is sent", () => chosen.get("pc4 home") === "multicast");
  assert.deepEqual([chosen.get("pc1 home"), chosen.get("pc2 home")], ["multicast", "multicast"]);
  assert.deepEqual(
    sent.map(({ image, receivers }) => [image, receivers]),
    [
      ["base", 3],
      ["home", 3],
    ],
  );
});

test("a node that another replica brought to its second image is chosen for that one alone", async (t) => {
  const written: string[] = [];
  const { ready, reached } = scene(t, {
    async choose(choices) {
      written.push(...choices.map(({ node, image }) => `${node} ${image}`));
      return new Set(choices.map(({ node }) => node));
    },
  });
  ready("pc1", "base home");
  reached("pc1", "home");
  reached("pc1", "base");
  await until("it is written", () => written.length > 0);
  assert.deepEqual(written, ["pc1 home"]);
});

test("what cannot be written is chosen anew, and its session is not left behind", async (t) => {
  let isAway = true;
  const written: string[] = [];
  const { sent, ready } = scene(t, {
    async choose(choices) {
      if (isAway) throw new Error("the database is away");
      written.push(...choices.map(({ node }) => node));
      return new Set(written);
    },
  });
  for (const node of ["pc1", "pc2", "pc3"]) ready(node);
  await until("a session is begun", () => sent.length > 0);
  assert.equal((await sent[0]!.session.ended).outcome, "stopped");
  isAway = false;
  await until("it is written", () => written.length === 3);
});

test("nodes that were told of a session before, by a replica that died, are sent none in vain", async (t) => {
  const { sent, ready } = scene(t, { choose: async () => new Set() });
  for (const node of ["pc1", "pc2", "pc3"]) ready(node);
  await until("a session is begun", () => sent.length > 0);
  assert.equal((await sent[0]!.session.ended).outcome, "stopped");
});

test("what stops stops its sessions", async (t) => {
  const { sessions, sent, ready, chosenAre } = scene(t);
  for (const node of ["pc1", "pc2", "pc3"]) ready(node);
  await chosenAre({ pc1: "multicast", pc2: "multicast", pc3: "multicast" });
  await sessions.close();
  assert.equal((await sent[0]!.session.ended).outcome, "stopped");
});
