import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentify } from "../../../agents/runtime/identify.ts";

/** A directory of one key, with a clock that the test moves. */
function directory() {
  const world = { name: "ann" as string | undefined, isAway: false, nowMs: 0, asked: 0 };
  const lookUp = async () => {
    world.asked += 1;
    if (world.isAway) throw new Error("the database is away");
    return world.name;
  };
  return { world, identify: createIdentify(lookUp, () => world.nowMs) };
}

test("a key is looked up once, and believed for two seconds", async () => {
  const { world, identify } = directory();
  for (world.nowMs = 0; world.nowMs < 2_000; world.nowMs += 500) assert.equal(await identify("U1"), "ann");
  assert.equal(world.asked, 1);
  assert.equal(await identify("U1"), "ann");
  assert.equal(world.asked, 2);
});

test("a revoked key is refused once it is no longer believed", async () => {
  const { world, identify } = directory();
  await identify("U1");
  world.name = undefined;
  assert.equal(await identify("U1"), "ann");
  world.nowMs = 2_000;
  assert.equal(await identify("U1"), undefined);
});

test("an unknown key is not remembered: somebody who was just added is let in", async () => {
  const { world, identify } = directory();
  world.name = undefined;
  assert.equal(await identify("U1"), undefined);
  world.name = "ann";
  assert.equal(await identify("U1"), "ann");
});

test("while the database is away a known key keeps its name, and an unknown one is a fault", async () => {
  const { world, identify } = directory();
  await identify("U1");
  Object.assign(world, { isAway: true, nowMs: 60_000 });
  assert.equal(await identify("U1"), "ann");
  await assert.rejects(identify("U2"), /away/);
});
