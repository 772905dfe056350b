import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ReadChunk, createChunkCache, restoreImage } from "../../../../infra/images/index.ts";
import { chunksOf } from "../../../../infra/images/restore/raw-parts.ts";
import { createImageSite, idle, readChunkOf } from "../support/image-site.ts";

const mib = 1024 * 1024;

test("a hundred disks that load one image at once are all that image", async (t) => {
  const site = await createImageSite(t);
  const raw = await site.createRaw(2);
  const { manifest } = await site.captured();
  const readChunk = readChunkOf(await site.read("base.zst"));
  const folder = await mkdtemp(join(tmpdir(), "reveille-disks-"));
  t.after(() => rm(folder, { recursive: true }));
  const cache = createChunkCache();
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const target = await open(join(folder, String(index)), "w+");
      const outcome = await restoreImage(manifest, { readChunk, target }, { signal: idle(), cache });
      await target.close();
      assert.deepEqual(outcome, { ok: true, sha256: manifest.rawSha256 });
    }),
  );
  assert.deepEqual(await readFile(join(folder, "99")), raw);
});

test("chunks are unpacked once as long as they fit, and each receiver fetches its own", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(4);
  const { manifest } = await site.captured();
  const chunks = chunksOf(manifest);
  let fetches = 0;
  const stored = readChunkOf(await site.read("base.zst"));
  const readChunk: ReadChunk = (offset, length) => (fetches++, stored(offset, length));
  const load = async (cache: ReturnType<typeof createChunkCache>): Promise<Buffer[]> => {
    const raws: Buffer[] = [];
    for await (const { raw } of cache.decode(chunks, readChunk, idle())) raws.push(raw);
    return raws;
  };

  const roomy = createChunkCache();
  const [first, second] = await Promise.all([load(roomy), load(roomy)]);
  assert.equal(fetches, 2 * chunks.length);
  for (const [index, raw] of first.entries()) assert.equal(raw, second[index]);

  const narrow = createChunkCache({ maxBytes: mib });
  const [once, again] = [await load(narrow), await load(narrow)];
  assert.deepEqual(once, again);
  assert.notEqual(once[0], again[0]);
});

test("a chunk that was unpacked under a true manifest does not pass under a lying one", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const { manifest } = await site.captured();
  const readChunk = readChunkOf(await site.read("base.zst"));
  const cache = createChunkCache();
  const decode = async (chunks: ReturnType<typeof chunksOf>): Promise<void> => {
    for await (const { raw } of cache.decode(chunks, readChunk, idle())) assert.equal(raw.length, mib);
  };
  await decode(chunksOf(manifest));
  await assert.rejects(
    decode(chunksOf(manifest).map((chunk) => ({ ...chunk, sha256Raw: "0".repeat(64) }))),
    /raw chunk at raw offset 0/,
  );
});
