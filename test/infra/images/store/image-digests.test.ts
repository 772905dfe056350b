import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import type { OpenedFile } from "../../../../infra/images/index.ts";
import { createImageDigests } from "../../../../infra/images/store/image-digests.ts";
import { type ImageSite, createImageSite, sha256 } from "../support/image-site.ts";

async function openRaw(t: TestContext, site: ImageSite): Promise<OpenedFile> {
  const opened = await site.store.openSource("raw.img");
  assert.ok(opened.ok);
  t.after(() => opened.file.close());
  return opened;
}

test("a file is read once for all who ask, then and later, until it changes", async (t) => {
  const site = await createImageSite(t);
  const raw = await site.createRaw(3);
  const [first, second, later] = [await openRaw(t, site), await openRaw(t, site), await openRaw(t, site)];
  const reads = [first, second, later].map(({ file }) => t.mock.method(file, "read"));
  const digests = createImageDigests();

  assert.deepEqual(await Promise.all([digests.of(first), digests.of(second)]), [sha256(raw), sha256(raw)]);
  assert.equal(await digests.of(later), sha256(raw));
  assert.deepEqual(
    reads.map(({ mock }) => mock.callCount() > 0),
    [true, false, false],
  );

  await appendFile(site.path("raw.img"), "x");
  assert.equal(await digests.of(await openRaw(t, site)), sha256(Buffer.concat([raw, Buffer.from("x")])));
});

test("a file that changes while it is read has no digest, and is read again when asked for again", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(3);
  const opened = await openRaw(t, site);
  const digests = createImageDigests();
  const asked = digests.of(opened);
  await appendFile(site.path("raw.img"), "x");
  assert.equal(await asked, undefined);
  assert.equal(await digests.of(await openRaw(t, site)), sha256(await site.read("raw.img")));
});
