import assert from "node:assert/strict";
import { test } from "node:test";
import { Sweep, pause } from "../../../../infra/ipmi-js/client/sweep.ts";

test("what is due is told after all that has arrived has been read", async () => {
  let unread = 320;
  let received = 0;
  const read = () => {
    const turn = Math.min(32, unread);
    unread -= turn;
    return (received += turn);
  };
  await pause(new Sweep(read), 0, undefined);
  assert.equal(unread, 0);
});

test("packets without end don't put off what is due", async () => {
  let received = 0;
  const sweep = new Sweep(() => (received += 32));
  const startedAt = performance.now();
  await pause(sweep, 0, undefined);
  assert.ok(performance.now() - startedAt < 5_000);
});

test("an answer is not thought late for the time in which nothing was read", async () => {
  const sweep = new Sweep();
  await pause(sweep, 0, undefined);
  const sentAt = performance.now();
  while (performance.now() < sentAt + 200);
  assert.ok(sweep.elapsedSince(sentAt) <= 10, `${sweep.elapsedSince(sentAt)} ms`);
});
