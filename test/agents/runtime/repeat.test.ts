import assert from "node:assert/strict";
import { test } from "node:test";
import { repeat } from "../../../agents/runtime/repeat.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a time begins when the one before has ended, a failed one too, and a stop waits for the last", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const ends: ((error?: Error) => void)[] = [];
  const faults: unknown[] = [];
  const job = () => new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
  const repeated = repeat(job, { everyMs: 10, atOnce: true, onFault: (error) => faults.push(error) });
  assert.equal(ends.length, 1);
  t.mock.timers.tick(30);
  assert.equal(ends.length, 1);

  const fault = new Error("away");
  ends[0]?.(fault);
  await turn();
  assert.deepEqual(faults, [fault]);
  t.mock.timers.tick(10);
  assert.equal(ends.length, 2);

  let isStopped = false;
  const stopped = repeated.stop().then(() => (isStopped = true));
  await turn();
  assert.equal(isStopped, false);
  ends[1]?.();
  await stopped;
  t.mock.timers.tick(30);
  assert.equal(ends.length, 2);
});
