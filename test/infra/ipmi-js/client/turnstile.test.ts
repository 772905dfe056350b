import assert from "node:assert/strict";
import { test } from "node:test";
import { startCall } from "../../../../infra/ipmi-js/client/call.ts";
import { Sweep } from "../../../../infra/ipmi-js/client/sweep.ts";
import { Turnstile } from "../../../../infra/ipmi-js/client/turnstile.ts";

test("so many are let in at once, the others in the order they came", async () => {
  const turnstile = new Turnstile(new Sweep(), 1);
  const order: string[] = [];
  assert.equal(turnstile.tryEnter(), true);
  assert.equal(turnstile.tryEnter(), false);
  const others = ["first", "second"].map(async (name) => {
    assert.equal(await turnstile.enter(startCall(undefined)), "entered");
    order.push(name);
    turnstile.leave();
  });
  turnstile.leave();
  await Promise.all(others);
  assert.deepEqual(order, ["first", "second"]);
});

test("nobody overtakes those who wait", async () => {
  const turnstile = new Turnstile(new Sweep(), 2, 1);
  assert.equal(turnstile.tryEnter(), true);
  const waiting = turnstile.enter(startCall(undefined));
  turnstile.leave();
  assert.equal(turnstile.tryEnter(), false);
  assert.equal(await waiting, "entered");
});

test("no more than so many are let in during a turn of the event loop", async () => {
  const turnstile = new Turnstile(new Sweep(), 100, 2);
  let entered = 0;
  const all = [1, 2, 3, 4, 5].map(() => turnstile.enter(startCall(undefined)).then(() => entered++));
  // Everything that was let in goes on before the turn ends.
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(entered, 2);
  await Promise.all(all);
  assert.equal(entered, 5);
});

test("who waits until the deadline is told so", async () => {
  const turnstile = new Turnstile(new Sweep(), 1);
  turnstile.tryEnter();
  assert.equal(await turnstile.enter(startCall({ deadlineMs: 20 })), "deadline");
});

test("who is called off while waiting is told so", async () => {
  const turnstile = new Turnstile(new Sweep(), 1);
  turnstile.tryEnter();
  const controller = new AbortController();
  const waiting = turnstile.enter(startCall({ signal: controller.signal }));
  controller.abort();
  assert.equal(await waiting, "aborted");
});

test("the hurried go before those who have waited longer", async () => {
  const turnstile = new Turnstile(new Sweep(), 1);
  turnstile.tryEnter();
  const order: string[] = [];
  const waiting = (["patient", "hurried"] as const).map(async (pace) => {
    await turnstile.enter(startCall(undefined), pace);
    order.push(pace);
    turnstile.leave();
  });
  turnstile.leave();
  await Promise.all(waiting);
  assert.deepEqual(order, ["hurried", "patient"]);
});
