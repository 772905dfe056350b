import assert from "node:assert/strict";
import { test } from "node:test";
import { restartDelayMs } from "../../../../infra/embedded/process/restart-delay.ts";

test("the first restart is immediate, later ones double up to five seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 7, 8, 100].map(restartDelayMs), [0, 50, 100, 200, 3_200, 5_000, 5_000]);
});
