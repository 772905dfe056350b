import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { ZstdError, restoreImage, verifyImage } from "../../../../infra/images/index.ts";
import { createImageSite, idle, readChunkOf } from "../support/image-site.ts";

function hideZstd(t: TestContext): void {
  const { PATH } = process.env;
  process.env["PATH"] = "/nonexistent";
  t.after(() => (process.env["PATH"] = PATH));
}

const isMissing = (error: unknown): boolean => error instanceof ZstdError && error.code === "zstd-missing";

test("a machine without zstd is told so, and no draft stays", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(4);
  const { manifest } = await site.captured();
  const readChunk = readChunkOf(await site.read("base.zst"));
  const target = await open(site.path("disk"), "w+");
  t.after(() => target.close());

  hideZstd(t);
  await assert.rejects(site.capture({ image: "other" }), isMissing);
  await assert.rejects(verifyImage(site.store, "base", { publicKey: site.key.publicKey, signal: idle() }), isMissing);
  await assert.rejects(restoreImage(manifest, { readChunk, target }, { signal: idle() }), isMissing);
  const opened = await site.store.open("other", "data");
  assert.ok(!opened.ok && opened.reason === "image-file-missing");
});
