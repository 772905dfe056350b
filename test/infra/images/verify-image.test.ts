import assert from "node:assert/strict";
import { rm, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import {
  type ImageManifest,
  createImageKey,
  formatManifest,
  signManifest,
  verifyImage,
} from "../../../infra/images/index.ts";
import { type ImageSite, createImageSite, flipByte, idle } from "./support/image-site.ts";

const verify = (site: ImageSite) => verifyImage(site.store, "base", { publicKey: site.key.publicKey, signal: idle() });

/** A manifest that the site itself signed, though it is not true. */
async function sign(site: ImageSite, manifest: ImageManifest): Promise<void> {
  const text = Buffer.from(formatManifest(manifest));
  await writeFile(site.path("base.manifest"), text);
  await writeFile(site.path("base.manifest.sig"), signManifest(site.key.privateKey, text));
}

test("a whole image is whole, and what to remember of it is what its capture said", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(5);
  const captured = await site.captured();
  const told: number[] = [];
  const verified = await verifyImage(site.store, "base", {
    publicKey: site.key.publicKey,
    signal: idle(),
    onProgress: (rawBytes) => told.push(rawBytes),
  });
  assert.deepEqual(verified, captured);
  assert.equal(told.at(-1), captured.manifest.rawSizeBytes);
});

test("any byte of the file that was changed is found, and the chunk is named", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(5);
  const { manifest } = await site.captured();
  for (const extent of manifest.extents) {
    if (extent.kind === "zero") continue;
    await flipByte(site.path("base.zst"), extent.fileOffset + extent.fileLength - 1);
    const verified = await verify(site);
    assert.ok(!verified.ok && verified.reason === "image-digest-mismatch");
    assert.match(verified.detail, new RegExp(`raw offset ${extent.rawOffset}, file offset ${extent.fileOffset} `));
    await flipByte(site.path("base.zst"), extent.fileOffset + extent.fileLength - 1);
  }
});

test("a file that was cut off is told by its length", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(3);
  await site.captured();
  await truncate(site.path("base.zst"), 1_000);
  const verified = await verify(site);
  assert.ok(!verified.ok && verified.reason === "image-digest-mismatch");
  assert.match(verified.detail, /the file has 1000 bytes/);
});

test("a manifest that lies is found out, though the site signed it", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(2);
  const { manifest } = await site.captured();
  const nothing = "0".repeat(64);
  const lies: readonly (readonly [ImageManifest, RegExp])[] = [
    [{ ...manifest, rawSha256: nothing }, /the raw image is not/],
    [{ ...manifest, fileSha256: nothing }, /the file is not/],
    [{ ...manifest, extents: manifest.extents.map((each) => ({ ...each, sha256Raw: nothing })) }, /the raw chunk/],
    [{ ...manifest, extents: manifest.extents.toReversed() }, /contradicts itself/],
    [{ ...manifest, image: "other" }, /is the manifest of other/],
  ];
  for (const [lying, detail] of lies) {
    await sign(site, lying);
    const verified = await verify(site);
    assert.ok(!verified.ok);
    assert.match(verified.detail, detail);
  }
});

test("another key's image is refused before a byte of it is unpacked", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await site.captured({ privateKey: createImageKey().privateKey });
  const verified = await verify(site);
  assert.ok(!verified.ok && verified.reason === "image-signature-invalid");
});

test("an image that is not there is missing", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await site.captured();
  await rm(site.path("base.zst"));
  const verified = await verify(site);
  assert.ok(!verified.ok && verified.reason === "image-file-missing");
});

test("a verification that is called off ends with the caller's reason", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(5);
  await site.captured();
  const abort = new AbortController();
  const verified = verifyImage(site.store, "base", {
    publicKey: site.key.publicKey,
    signal: abort.signal,
    onProgress: () => abort.abort(new Error("enough")),
  });
  await assert.rejects(verified, /enough/);
});
