import assert from "node:assert/strict";
import { test } from "node:test";
import { catchUp, quietBeforeAsking } from "../../../bus/coordinator/catch-up.ts";
import { ledgerAnswer, resultOf } from "../../support/fake-agent.ts";

const op = "0123456789abcdef0123456789abcdef";

test("the pauses before asking grow by half, from two seconds to fifteen", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 100].map(quietBeforeAsking),
    [2_000, 3_000, 4_500, 6_750, 10_125, 15_000, 15_000, 15_000],
  );
});

test("all pages are asked for, and the first page's instant counts", async () => {
  const asked: unknown[] = [];
  const pages = [
    { ...ledgerAnswer(op, 2, { pc1: resultOf("failed") }), asOf: "2025-01-01T00:00:01.000Z", next: "pc1" },
    { ...ledgerAnswer(op, 2, { pc2: resultOf("succeeded") }), asOf: "2025-01-01T00:00:02.000Z" },
  ];
  const caughtUp = await catchUp(
    async (args) => {
      const answer = pages[asked.push(args) - 1];
      assert.ok(answer);
      return { ok: true, answer };
    },
    op,
    "2025-01-01T00:00:00.000Z",
  );
  assert.ok(caughtUp.ok);
  assert.deepEqual(Object.keys(caughtUp.results), ["pc1", "pc2"]);
  assert.equal(caughtUp.asOf, "2025-01-01T00:00:01.000Z");
  const since = "2025-01-01T00:00:00.000Z";
  assert.deepEqual(asked, [
    { op, since },
    { op, since, after: "pc1" },
  ]);
});

test("a page that fails fails the whole, so that the next asking begins where this one did", async () => {
  const refusal = { ok: false, reason: "answer-lost", detail: "" } as const;
  let isFirst = true;
  const caughtUp = await catchUp(
    async () => {
      if (!isFirst) return refusal;
      isFirst = false;
      return { ok: true, answer: { ...ledgerAnswer(op, 2, { pc1: resultOf("failed") }), next: "pc1" } };
    },
    op,
    undefined,
  );
  assert.deepEqual(caughtUp, refusal);
});
