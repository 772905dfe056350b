import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { writeDocument } from "../../../../agents/cli/output/json-documents.ts";
import { createTextWriter } from "../../../../agents/cli/output/text-writer.ts";
import type { Results } from "../../../../contracts/index.ts";
import { resultOf } from "../fake-coordinator.ts";

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test("a document of 50,000 nodes is never much ahead of its reader", async () => {
  const results: Results = {};
  for (let n = 1; n <= 50_000; n++) results[`pc${n}`] = resultOf({ via: "ssh" });
  const pipe = new PassThrough({ highWaterMark: 16 * 1024 });
  const written = writeDocument(createTextWriter(pipe), { op: "x", code: 0 }, results).then(() => pipe.end());

  let mostBuffered = 0;
  let text = "";
  for await (const chunk of pipe) {
    mostBuffered = Math.max(mostBuffered, pipe.writableLength + pipe.readableLength);
    text += String(chunk);
  }
  await written;

  assert(mostBuffered < 512 * 1024, `${mostBuffered} bytes were waiting for the reader`);
  assert.deepEqual(Object.keys((JSON.parse(text) as { results: Results }).results), Object.keys(results));
});

test("writing waits until the reader has room", async () => {
  const pipe = new PassThrough({ highWaterMark: 4 });
  let isDone = false;
  const written = createTextWriter(pipe)
    .write("longer than four")
    .then(() => (isDone = true));
  await setImmediate();
  assert.equal(isDone, false);
  pipe.resume();
  await written;
});

test("a reader who left is no fault: what follows is dropped", async () => {
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(errorWith("EPIPE")) });
  const writer = createTextWriter(stream);
  await writer.write("nobody reads this");
  await writer.write("nor this");
  assert.equal(writer.hasReader, false);
});

test("a stream that broke otherwise is a fault", async () => {
  const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(errorWith("ENOSPC")) });
  const writer = createTextWriter(stream);
  await assert.rejects(async () => {
    await writer.write("lost");
    await writer.write("and told of here at the latest");
  }, /ENOSPC/u);
});
