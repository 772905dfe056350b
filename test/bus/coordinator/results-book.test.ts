import assert from "node:assert/strict";
import { test } from "node:test";
import { createResultsBook, replayOf } from "../../../bus/coordinator/results-book.ts";
import { resultOf } from "../../support/fake-agent.ts";

test("a book is complete when every expected node has its first result", () => {
  const book = createResultsBook();
  assert.ok(!book.isComplete);
  assert.ok(book.record("pc1", resultOf("failed")));
  assert.ok(!book.isComplete);
  book.expect(2);
  assert.ok(!book.record("pc1", resultOf("succeeded")));
  assert.equal(book.doneCount, 1);
  assert.ok(book.record("pc2", resultOf("succeeded")));
  assert.ok(book.isComplete);
  assert.equal(book.code, 1);
  assert.deepEqual(
    [...replayOf(book.results)].map(({ node }) => node),
    ["pc1", "pc2"],
  );
});

test("a node may be called like a method of objects", () => {
  const book = createResultsBook();
  book.expect(2);
  for (const node of ["constructor", "valueof"]) assert.ok(book.record(node, resultOf("succeeded")), node);
  assert.ok(book.isComplete);
});

test("the code counts beyond what an exit status holds", () => {
  const book = createResultsBook();
  book.expect(300);
  for (let index = 0; index < 300; index++) book.record(`pc${index}`, resultOf("failed"));
  assert.equal(book.code, 300);
});
