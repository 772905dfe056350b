import assert from "node:assert/strict";
import { test } from "node:test";
import { type Liveness, type LivenessClock, createLiveness } from "../../../infra/liveness/index.ts";

const target = { address: "127.0.0.1", probe: "tcp:22" } as const;
const idle = (): AbortSignal => new AbortController().signal;

/** A liveness whose probes are answered as pictured (`!` answered, `.` missed), and whose clock goes only by waiting. */
function pictured(picture: string): Liveness & { readonly askedAt: number[] } {
  let now = 0;
  const askedAt: number[] = [];
  const answers = picture.split("");
  const clock: LivenessClock = {
    now: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
  const probe: Liveness["probe"] = async (_target, { signal }) => {
    signal.throwIfAborted();
    askedAt.push(now);
    const answer = answers.shift();
    assert.ok(answer !== undefined, "asked more often than it is pictured");
    return answer === "!";
  };
  return { ...createLiveness({ probe, clock }), askedAt };
}

test("the first answer ends the asking", async () => {
  const liveness = pictured("..!");
  assert.equal(await liveness.isAnswering(target, { signal: idle() }), true);
  assert.deepEqual(liveness.askedAt, [0, 250, 500]);
});

test("a node that misses 8 tries in 2 s is not answering", async () => {
  const liveness = pictured("........");
  assert.equal(await liveness.isAnswering(target, { signal: idle() }), false);
  assert.deepEqual(liveness.askedAt, [0, 250, 500, 750, 1000, 1250, 1500, 1750]);
});

test("three misses running are silence, and nothing is asked after them", async () => {
  const liveness = pictured("!!..!...");
  assert.deepEqual(await liveness.awaitSilence(target, { polls: 30, signal: idle() }), { silent: true, missed: 3 });
  assert.deepEqual(liveness.askedAt, [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]);
});

test("a node that answers through all its polls is still answering", async () => {
  const liveness = pictured("!!..!");
  const verdict = await liveness.awaitSilence(target, { polls: 5, intervalMs: 100, signal: idle() });
  assert.deepEqual(verdict, { silent: false, because: "still-answering" });
  assert.deepEqual(liveness.askedAt, [0, 100, 200, 300, 400]);
});

test("other proof ends the polling early, in the middle of a poll", async () => {
  const { promise, resolve } = deferred();
  const liveness = createLiveness({
    probe: (_target, { signal }) => {
      resolve();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    },
  });
  const verdict = await liveness.awaitSilence(target, { polls: 30, signal: idle(), alsoEndsWhen: promise });
  assert.deepEqual(verdict, { silent: false, because: "ended-early" });
});

test("other proof ends the polling early, between two polls", async () => {
  const { promise, resolve } = deferred();
  const liveness = createLiveness({
    probe: async () => {
      resolve();
      return true;
    },
  });
  const options = { polls: 2, intervalMs: 60_000, signal: idle(), alsoEndsWhen: promise };
  assert.deepEqual(await liveness.awaitSilence(target, options), { silent: false, because: "ended-early" });
});

test("a probe that could not be made is no silence", async () => {
  const liveness = createLiveness({ probe: () => Promise.reject(new Error("no descriptor left")) });
  await assert.rejects(liveness.awaitSilence(target, { polls: 30, signal: idle() }), /no descriptor left/);
  await assert.rejects(liveness.isAnswering(target, { signal: idle() }), /no descriptor left/);
});

test("an aborted waiting ends with the signal's reason", async () => {
  const abort = new AbortController();
  const liveness = createLiveness({
    probe: async () => {
      abort.abort(new Error("called off"));
      return true;
    },
  });
  const options = { polls: 2, intervalMs: 60_000, signal: abort.signal };
  await assert.rejects(liveness.awaitSilence(target, options), /called off/);
  await assert.rejects(liveness.isAnswering(target, { signal: abort.signal }), /called off/);
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
