import assert from "node:assert/strict";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import {
  type ImageManifest,
  type ReadChunk,
  type RestoreOptions,
  createChunkCache,
  restoreImage,
} from "../../../../infra/images/index.ts";
import { createImageSite, idle, readChunkOf } from "../support/image-site.ts";

const mib = 1024 * 1024;

async function createImage(t: TestContext, sizeMiB = 5) {
  const site = await createImageSite(t);
  const raw = await site.createRaw(sizeMiB);
  const { manifest } = await site.captured();
  const readChunk = readChunkOf(await site.read("base.zst"));
  return { site, raw, manifest, readChunk };
}

async function restoreTo(
  path: string,
  image: { readonly manifest: ImageManifest; readonly readChunk: ReadChunk },
  options: Partial<RestoreOptions> = {},
) {
  const target = await open(path, "a").then((file) => file.close().then(() => open(path, "r+")));
  try {
    return await restoreImage(image.manifest, { readChunk: image.readChunk, target }, { signal: idle(), ...options });
  } finally {
    await target.close();
  }
}

const caches = { "a zstd of its own": undefined, "a shared cache": createChunkCache() };

for (const [name, cache] of Object.entries(caches)) {
  const through = cache === undefined ? {} : { cache };

  test(`through ${name}, an image becomes the disk it was made of, byte for byte`, async (t) => {
    const { site, raw, ...image } = await createImage(t);
    const outcome = await restoreTo(site.path("disk"), image, through);
    assert.deepEqual(outcome, { ok: true, sha256: image.manifest.rawSha256 });
    assert.deepEqual(await site.read("disk"), raw);
  });

  test(`through ${name}, a chunk that comes changed, short, long or not at all is refused`, async (t) => {
    const { site, manifest, readChunk } = await createImage(t);
    const faults: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
      changed: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]),
      short: (bytes) => bytes.subarray(0, -1),
      long: (bytes) => Buffer.concat([bytes, Buffer.from("x")]),
      missing: () => Buffer.alloc(0),
    };
    for (const [fault, change] of Object.entries(faults)) {
      const faulty: ReadChunk = async (offset, length) => {
        const bytes = await readChunk(offset, length);
        return offset === 0 ? bytes : change(bytes);
      };
      const outcome = await restoreTo(site.path("disk"), { manifest, readChunk: faulty }, through);
      assert.ok(!outcome.ok && outcome.reason === "hash-mismatch", fault);
      assert.match(outcome.detail, /the compressed chunk at raw offset 1048576/);
    }
  });

  test(`through ${name}, a frame that unpacks to something else than the manifest says is refused`, async (t) => {
    const { site, manifest, readChunk } = await createImage(t, 4);
    const lies: readonly ((chunk: Extract<ImageManifest["extents"][number], { kind: "chunk" }>) => object)[] = [
      () => ({ sha256Raw: "0".repeat(64) }),
      ({ rawLength }) => ({ rawLength: rawLength / 2 }),
      ({ rawLength }) => ({ rawLength: rawLength * 2 }),
    ];
    for (const [index, lie] of lies.entries()) {
      const extents = manifest.extents.map((extent, at) =>
        extent.kind === "chunk" && at === manifest.extents.length - 1 ? { ...extent, ...lie(extent) } : extent,
      );
      const outcome = await restoreTo(site.path("disk"), { manifest: { ...manifest, extents }, readChunk }, through);
      assert.ok(!outcome.ok && outcome.reason === "hash-mismatch", `lie ${index}`);
      assert.match(outcome.detail, /the raw chunk at raw offset 3145728/);
    }
  });

  test(`through ${name}, a load that is called off ends with the caller's reason`, async (t) => {
    const { site, ...image } = await createImage(t);
    const abort = new AbortController();
    const onProgress = (): void => abort.abort(new Error("enough"));
    const restored = restoreTo(site.path("disk"), image, { ...through, signal: abort.signal, onProgress });
    await assert.rejects(restored, /enough/);
  });

  test(`through ${name}, what goes wrong while fetching is the caller's to know`, async (t) => {
    const { site, manifest } = await createImage(t, 2);
    const readChunk: ReadChunk = () => Promise.reject(new Error("server gone"));
    await assert.rejects(restoreTo(site.path("disk"), { manifest, readChunk }, through), /server gone/);
  });
}

test("zeros take the place of what the disk held, and a disk without holes gets none", async (t) => {
  const { site, raw, ...image } = await createImage(t);
  const file = await open(site.path("disk"), "w");
  await file.writeFile(Buffer.alloc(raw.length + mib, "old"));
  await file.close();
  const outcome = await restoreTo(site.path("disk"), image);
  assert.ok(outcome.ok);
  const disk = await site.read("disk");
  assert.deepEqual(disk.subarray(0, raw.length), raw);
  assert.deepEqual(disk.subarray(raw.length), Buffer.alloc(raw.length + mib, "old").subarray(raw.length));
});

test("a sparse disk stays sparse where the image is zero", async (t) => {
  const { site, raw, ...image } = await createImage(t, 12);
  await restoreTo(site.path("disk"), image);
  const { size, blocks } = await stat(site.path("disk"));
  assert.equal(size, raw.length);
  assert.ok(blocks * 512 < raw.length / 2, `${blocks} blocks`);
});

test("an image of a partition goes to its place and touches nothing else", async (t) => {
  const { site, raw, ...image } = await createImage(t, 4);
  const old = Buffer.alloc(7 * mib, "old");
  const file = await open(site.path("disk"), "w");
  await file.writeFile(old);
  await file.close();
  assert.ok((await restoreTo(site.path("disk"), image, { targetOffset: mib })).ok);
  assert.deepEqual(await site.read("disk"), Buffer.concat([old.subarray(0, mib), raw, old.subarray(5 * mib)]));
});

test("an image larger than the disk is refused before a byte is written", async (t) => {
  const { site, raw, manifest } = await createImage(t, 4);
  const readChunk: ReadChunk = () => assert.fail("nothing is to be fetched");
  for (const options of [{ diskSizeBytes: raw.length - 1 }, { diskSizeBytes: raw.length, targetOffset: 1 }]) {
    const outcome = await restoreTo(site.path("disk"), { manifest, readChunk }, options);
    assert.ok(!outcome.ok && outcome.reason === "short-disk");
  }
  assert.equal((await stat(site.path("disk"))).size, 0);
});

test("a disk that refuses a write is told", async (t) => {
  const { manifest, readChunk } = await createImage(t, 4);
  const target: FileHandle = await open("/dev/full", "r+");
  t.after(() => target.close());
  const outcome = await restoreImage(manifest, { readChunk, target }, { signal: idle() });
  assert.ok(!outcome.ok && outcome.reason === "write-error");
  assert.match(outcome.detail, /ENOSPC/);
});

test("a whole that is not the one that was signed is told, though every chunk is", async (t) => {
  const { site, manifest, readChunk } = await createImage(t, 2);
  const lying = { ...manifest, rawSha256: "0".repeat(64) };
  const outcome = await restoreTo(site.path("disk"), { manifest: lying, readChunk });
  assert.ok(!outcome.ok && outcome.reason === "hash-mismatch");
});

test("progress reaches the size of the raw image", async (t) => {
  const { site, manifest, readChunk } = await createImage(t);
  const told: number[] = [];
  await restoreTo(site.path("disk"), { manifest, readChunk }, { onProgress: (bytes) => told.push(bytes) });
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  assert.equal(told.at(-1), manifest.rawSizeBytes);
});
