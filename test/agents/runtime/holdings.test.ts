import assert from "node:assert/strict";
import { test } from "node:test";
import { createHoldings } from "../../../agents/runtime/holdings.ts";

test("once somebody holds eight times what is free, they are full until a run ends", () => {
  const holdings = createHoldings(90);
  for (let count = 0; count < 79; count++) holdings.add("ann");
  assert.ok(!holdings.isAnyFull());
  holdings.add("ann");
  assert.ok(holdings.isAnyFull());
  assert.deepEqual(holdings.shares(), { perFree: 8, free: 10, held: new Map([["ann", 80]]) });
  holdings.remove("ann");
  assert.ok(!holdings.isAnyFull());
});

test("what ended is held no longer", () => {
  const holdings = createHoldings(90);
  for (let count = 0; count < 3; count++) holdings.add("ann");
  for (let count = 0; count < 3; count++) holdings.remove("ann");
  assert.deepEqual(holdings.shares(), { perFree: 8, free: 90, held: new Map() });
});
