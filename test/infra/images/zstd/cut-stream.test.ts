import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { cutStream } from "../../../../infra/images/zstd/cut-stream.ts";

async function cut(parts: readonly string[], lengths: readonly number[]): Promise<string[]> {
  const pieces: string[] = [];
  const stream = Readable.from(parts.map((part) => Buffer.from(part)));
  for await (const piece of cutStream(stream, lengths)) pieces.push(piece.toString());
  return pieces;
}

test("pieces are cut across the parts that come", async () => {
  assert.deepEqual(await cut(["abc", "d", "efghi"], [2, 5, 2]), ["ab", "cdefg", "hi"]);
  assert.deepEqual(await cut(["abcdefghi"], [2, 5, 2]), ["ab", "cdefg", "hi"]);
  assert.deepEqual(await cut(Array.from("abcdefghi"), [2, 5, 2]), ["ab", "cdefg", "hi"]);
});

test("what comes after the last piece comes out, what is too little for a piece does not", async () => {
  assert.deepEqual(await cut(["abc", "de"], [2]), ["ab", "c", "de"]);
  assert.deepEqual(await cut(["abc"], []), ["abc"]);
  assert.deepEqual(await cut(["abc", "de"], [2, 4]), ["ab"]);
  assert.deepEqual(await cut([], [2]), []);
});
