import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ServerLog } from "../../../../infra/embedded/process/server-log.ts";
import { scratchFolder } from "../support/scratch.ts";

test("what was written since a point is read back, also after the file began anew", (t) => {
  const path = join(scratchFolder(t), "server.log");
  writeFileSync(path, "old\n");
  const log = new ServerLog(path);
  t.after(() => log.close());
  const start = log.sizeBytes;
  appendFileSync(path, "new\n");
  assert.equal(log.readSince(start), "new\n");
  assert.equal(log.readSince(1_000), "old\nnew\n");
});

test("a log past 8 MiB is moved aside and begins anew", (t) => {
  const path = join(scratchFolder(t), "server.log");
  writeFileSync(path, Buffer.alloc(8 * 1024 * 1024 + 1, "x"));
  const log = new ServerLog(path);
  t.after(() => log.close());
  writeSync(log.descriptor, "fresh\n");
  assert.equal(readFileSync(path, "utf8"), "fresh\n");
  assert.equal(statSync(`${path}.1`).size, 8 * 1024 * 1024 + 1);
});
