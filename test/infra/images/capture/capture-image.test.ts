import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { open, readdir, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { parseManifest } from "../../../../infra/images/index.ts";
import { createImageSite, idle, sha256 } from "../support/image-site.ts";

const run = promisify(execFile);
const mib = 1024 * 1024;

test("an image holds a frame for each chunk, and of zeros only where they are", async (t) => {
  const site = await createImageSite(t);
  const raw = await site.createRaw(9);
  const { manifest } = await site.captured();
  const data = await site.read("base.zst");

  assert.equal(manifest.rawSizeBytes, raw.length);
  assert.equal(manifest.rawSha256, sha256(raw));
  assert.equal(manifest.fileSizeBytes, data.length);
  assert.equal(manifest.fileSha256, sha256(data));
  assert.deepEqual(
    manifest.extents.map(({ kind, rawOffset, rawLength }) => [kind, rawOffset / mib, rawLength / mib]),
    [
      ["chunk", 0, 1],
      ["chunk", 1, 1],
      ["zero", 2, 1],
      ["chunk", 3, 1],
      ["chunk", 4, 1],
      ["zero", 5, 4],
    ],
  );
  for (const extent of manifest.extents) {
    const bytes = raw.subarray(extent.rawOffset, extent.rawOffset + extent.rawLength);
    if (extent.kind === "zero") {
      assert.ok(bytes.every((byte) => byte === 0));
    } else {
      assert.equal(extent.sha256Raw, sha256(bytes));
      const frame = data.subarray(extent.fileOffset, extent.fileOffset + extent.fileLength);
      assert.equal(extent.sha256Compressed, sha256(frame));
    }
  }
});

test("plain zstd unpacks an image without zeros to the raw disk", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(2);
  await site.captured();
  await run("zstd", ["-q", "-d", site.path("base.zst"), "-o", site.path("plain")]);
  assert.deepEqual(await site.read("plain"), await site.read("raw.img"));
});

test("a disk that is no whole number of chunks ends in a short one", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(2);
  await truncate(site.path("raw.img"), mib + 512);
  const { manifest } = await site.captured();
  assert.deepEqual(
    manifest.extents.map(({ rawLength }) => rawLength),
    [mib, 512],
  );
});

test("the manifest that is told is the one that lies beside the file", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(3);
  const { manifest, record } = await site.captured();
  const text = await site.read("base.manifest");
  assert.deepEqual(parseManifest(text), { ok: true, manifest });
  const { size, mtimeMs } = await stat(site.path("base.zst"));
  assert.deepEqual(record, {
    image: "base",
    fileSizeBytes: size,
    fileModifiedMs: Math.floor(mtimeMs),
    fileSha256: manifest.fileSha256,
    manifestSha256: sha256(text),
  });
});

test("the disk's partitions are told, those of one partition's image are not", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(3);
  const disk = await site.captured();
  const partition = await site.captured({ partition: 2 });
  assert.deepEqual(disk.manifest.partitions, [
    { number: 1, startSector: 63, sizeSectors: 3 * 2_048 - 63, type: "83", isBootable: true },
  ]);
  assert.equal(partition.manifest.partition, 2);
  assert.deepEqual(partition.manifest.partitions, []);
});

test("progress is told to the last byte", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(5);
  const told: number[] = [];
  let fileBytes = 0;
  const { manifest } = await site.captured({
    onProgress: (progress) => {
      told.push(progress.rawBytes / mib);
      fileBytes = progress.fileBytes;
    },
  });
  assert.deepEqual(told, [1, 2, 3, 4, 5]);
  assert.equal(fileBytes, manifest.fileSizeBytes);
});

test("a source of nothing but zeros is empty", async (t) => {
  const site = await createImageSite(t);
  await writeFile(site.path("raw.img"), Buffer.alloc(3 * mib));
  const captured = await site.capture();
  assert.ok(!captured.ok && captured.reason === "image-empty");
  assert.deepEqual(await readdir(site.directory), ["raw.img"]);
});

test("a source that was cut off in mid-sector is refused", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(2);
  await truncate(site.path("raw.img"), mib + 100);
  const captured = await site.capture();
  assert.ok(!captured.ok && captured.reason === "image-unreadable");
  assert.match(captured.detail, /no whole sectors/);
});

test("a source that somebody writes to meanwhile is refused", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(8);
  let touched: Promise<void> | undefined;
  const captured = await site.capture({
    onProgress: () => void (touched ??= utimes(site.path("raw.img"), 1, 1)),
  });
  await touched;
  assert.ok(!captured.ok && captured.reason === "image-unreadable");
  assert.match(captured.detail, /changed while it was read/);
  assert.deepEqual(await readdir(site.directory), ["raw.img"]);
});

test("a capture that is called off in the middle leaves nothing half behind, and the image before it whole", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await site.captured();
  const before = await site.read("base.manifest");
  await site.createRaw(5);
  for (const stopAt of [1, 3, 5]) {
    const abort = new AbortController();
    const reason = new Error("enough");
    const captured = site.capture({
      signal: abort.signal,
      onProgress: ({ rawBytes }) => rawBytes >= stopAt * mib && abort.abort(reason),
    });
    await assert.rejects(captured, reason);
    assert.deepEqual((await readdir(site.directory)).sort(), [
      "base.manifest",
      "base.manifest.sig",
      "base.zst",
      "raw.img",
    ]);
    assert.deepEqual(await site.read("base.manifest"), before);
  }
});

test("a capture that was called off before it began does nothing", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(2);
  await assert.rejects(site.capture({ signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  assert.deepEqual(await readdir(site.directory), ["raw.img"]);
});

test("a draft whose maker was killed an hour ago is cleared away, a younger one is left to its maker", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const now = new Date();
  const drafts = { old: ".other.zst.0123456789abcdef.draft", young: ".other.zst.fedcba9876543210.draft" };
  for (const name of [...Object.values(drafts), ".bashrc"]) await writeFile(site.path(name), "");
  for (const name of [drafts.old, ".bashrc"]) {
    await utimes(site.path(name), now, new Date(now.getTime() - 2 * 60 * 60_000));
  }
  await site.captured({ now });
  const left = (await readdir(site.directory)).filter((name) => name.startsWith("."));
  assert.deepEqual(left.sort(), [".bashrc", drafts.young]);
});

test("two images that are made of one name at once end as one of them, whole", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(4);
  const [first, second] = await Promise.all([site.captured(), site.captured({ partition: 1 })]);
  const text = await site.read("base.manifest");
  assert.ok([first.record, second.record].some(({ manifestSha256 }) => manifestSha256 === sha256(text)));
  assert.equal((await readdir(site.directory)).length, 4);
});

test("a large disk is never in memory: half a gibibyte, most of it a hole", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(4);
  const file = await open(site.path("raw.img"), "r+");
  for (let at = 0; at < 512; at += 64) await file.write(Buffer.alloc(4 * mib, at + 1), 0, 4 * mib, at * mib);
  await file.truncate(512 * mib);
  await file.close();
  const before = process.memoryUsage.rss();
  let most = 0;
  const { manifest } = await site.captured({
    chunkSizeBytes: 4 * mib,
    partition: 1,
    signal: idle(),
    onProgress: () => (most = Math.max(most, process.memoryUsage.rss() - before)),
  });
  assert.equal(manifest.rawSizeBytes, 512 * mib);
  assert.ok(most < 150 * mib, `${most / mib} MiB more than before`);
});
