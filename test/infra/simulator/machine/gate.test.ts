import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { createGate } from "../../../../infra/simulator/machine/gate.ts";

test("no more are inside at once than the gate has room for, and all get through", async () => {
  const gate = createGate(3);
  let inside = 0;
  let most = 0;
  const visit = async (visitor: number): Promise<number> => {
    most = Math.max(most, (inside += 1));
    await turn();
    inside -= 1;
    return visitor;
  };

  const visitors = Array.from({ length: 20 }, (_, visitor) => visitor);
  const through = await Promise.all(visitors.map((visitor) => gate.pass(() => visit(visitor))));

  assert.deepEqual(through, visitors);
  assert.equal(most, 3);
});

test("who fails inside makes room too", async () => {
  const gate = createGate(1);

  await assert.rejects(
    gate.pass(() => Promise.reject(new Error("stumbled"))),
    /stumbled/,
  );
  assert.equal(await gate.pass(() => Promise.resolve("next")), "next");
});
