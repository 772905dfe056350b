import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRandomImage } from "../../../infra/images/index.ts";

test("the same seed makes the same disk, another seed another", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "reveille-images-"));
  t.after(() => rm(dir, { recursive: true }));
  const make = async (seed: string): Promise<Buffer> => {
    await createRandomImage(join(dir, "raw"), { sizeMiB: 5, seed });
    return readFile(join(dir, "raw"));
  };
  const first = await make("base");
  assert.equal(first.length, 5 * 1024 * 1024);
  assert.deepEqual(await make("base"), first);
  assert.notDeepEqual(await make("other"), first);
});
