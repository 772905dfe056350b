import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrials } from "../../../../agents/reboot/bmc/trials.ts";

const { signal } = new AbortController();

test("one tries a credential, and whoever comes meanwhile learns what came of it", async () => {
  const trials = createTrials();
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
  const [second, third] = [trials.begin("pc1", "a", signal), trials.begin("pc1", "a", signal)];
  trials.end("pc1", "a", { isReachable: false });
  assert.deepEqual(await second, { isReachable: false });
  assert.deepEqual(await third, { isReachable: false });
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
});

test("different credentials are tried beside each other", async () => {
  const trials = createTrials();
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
  assert.equal(await trials.begin("pc2", "b", signal), "begun");
});

test("what was taken is used by all at once, until it is refused", async () => {
  const trials = createTrials();
  await trials.begin("pc1", "a", signal);
  trials.end("pc1", "a", { isReachable: true, isCredentialTaken: true });
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
  trials.end("pc1", "a", { isReachable: true, isCredentialTaken: false });
  assert.equal(await trials.begin("pc1", "a", signal), "begun");
  const waiting = trials.begin("pc1", "a", signal);
  trials.end("pc1", "a", {});
  assert.deepEqual(await waiting, {});
});

test("a wait for another's try ends with the caller's signal", async () => {
  const trials = createTrials();
  await trials.begin("pc1", "a", signal);
  const abort = new AbortController();
  const waiting = trials.begin("pc1", "a", abort.signal);
  abort.abort(new Error("called off"));
  await assert.rejects(waiting, /called off/);
});
