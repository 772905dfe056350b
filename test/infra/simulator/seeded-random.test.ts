import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeededRandom } from "../../../infra/simulator/seeded-random.ts";

test("the same seed gives the same stream", () => {
  const draw = (): unknown[] => {
    const random = createSeededRandom("1/pc1/boot");
    return [random.fraction(), random.between(10, 20), [...random.bytes(5)]];
  };

  assert.deepEqual(draw(), draw());
});

test("another seed gives another stream", () => {
  assert.notDeepEqual(createSeededRandom("1/pc1/boot").bytes(8), createSeededRandom("1/pc2/boot").bytes(8));
});

test("fractions spread evenly over [0, 1)", () => {
  const random = createSeededRandom("spread");
  const tenths = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) {
    const tenth = Math.floor(random.fraction() * 10);
    tenths[tenth]! += 1;
  }

  assert.equal(tenths.length, 10);
  for (const count of tenths) assert.ok(count > 900 && count < 1_100, `a tenth was drawn ${count} times`);
});

test("a value between two bounds stays between them", () => {
  const random = createSeededRandom("bounds");

  for (let draw = 0; draw < 1_000; draw++) {
    const value = random.between(1_000, 3_000);
    assert.ok(value >= 1_000 && value < 3_000);
  }
});
