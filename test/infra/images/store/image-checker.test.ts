import assert from "node:assert/strict";
import { appendFile, copyFile, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { createImageChecker, createImageKey, signManifest } from "../../../../infra/images/index.ts";
import { type ImageSite, createImageSite, flipByte } from "../support/image-site.ts";

async function reasonAfter(site: ImageSite, change: () => Promise<unknown>): Promise<string> {
  await site.createRaw(1);
  const { record } = await site.captured();
  await change();
  const checked = await createImageChecker(site.store, site.key.publicKey).check(record);
  return checked.ok ? "ok" : checked.reason;
}

/** In the middle of the millisecond, since seconds as a floating-point number are a little more or less. */
async function setBack(path: string, mtimeMs: number): Promise<void> {
  const seconds = (Math.floor(mtimeMs) + 0.5) / 1_000;
  await utimes(path, seconds, seconds);
}

const changes: Readonly<Record<string, readonly [change: (site: ImageSite) => Promise<unknown>, reason: string]>> = {
  "nobody touched": [async () => undefined, "ok"],
  "was only touched": [(site) => utimes(site.path("base.zst"), 1, 1), "ok"],
  "was copied back whole": [
    async (site) => {
      await copyFile(site.path("base.zst"), site.path("copy"));
      await rename(site.path("copy"), site.path("base.zst"));
    },
    "ok",
  ],
  "is gone": [(site) => rm(site.path("base.zst")), "image-file-missing"],
  "was emptied": [(site) => truncate(site.path("base.zst"), 0), "image-empty"],
  "was cut short": [(site) => truncate(site.path("base.zst"), 1_000), "image-digest-mismatch"],
  grew: [(site) => appendFile(site.path("base.zst"), "x"), "image-digest-mismatch"],
  "holds another byte": [(site) => flipByte(site.path("base.zst"), 5_000), "image-digest-mismatch"],
  "has no manifest": [(site) => rm(site.path("base.manifest")), "image-manifest-invalid"],
  "has an empty manifest": [(site) => truncate(site.path("base.manifest"), 0), "image-manifest-invalid"],
  "has a changed manifest": [(site) => flipByte(site.path("base.manifest"), 20), "image-signature-invalid"],
  "has no signature": [(site) => rm(site.path("base.manifest.sig")), "image-signature-invalid"],
  "has a cut signature": [(site) => truncate(site.path("base.manifest.sig"), 63), "image-signature-invalid"],
  "has a longer signature": [(site) => appendFile(site.path("base.manifest.sig"), "x"), "image-signature-invalid"],
  "is signed by somebody else": [
    async (site) => {
      const signature = signManifest(createImageKey().privateKey, await site.read("base.manifest"));
      await writeFile(site.path("base.manifest.sig"), signature);
    },
    "image-signature-invalid",
  ],
  "has a manifest that is signed and nonsense": [
    async (site) => {
      const nonsense = Buffer.from("reveille-image 1\nend 0\n");
      await writeFile(site.path("base.manifest"), nonsense);
      await writeFile(site.path("base.manifest.sig"), signManifest(site.key.privateKey, nonsense));
    },
    "image-manifest-invalid",
  ],
  "has another image's signed manifest": [
    async (site) => {
      await site.captured({ image: "other" });
      await rename(site.path("other.manifest"), site.path("base.manifest"));
      await rename(site.path("other.manifest.sig"), site.path("base.manifest.sig"));
    },
    "image-manifest-invalid",
  ],
  "has a signed manifest that was not recorded": [
    async (site) => {
      const { mtimeMs } = await stat(site.path("base.zst"));
      await site.captured({ partition: 1 });
      await setBack(site.path("base.zst"), mtimeMs);
    },
    "image-manifest-invalid",
  ],
};

for (const [name, [change, reason]] of Object.entries(changes)) {
  test(`an image that ${name}: ${reason}`, async (t) => {
    const site = await createImageSite(t);
    assert.equal(await reasonAfter(site, () => change(site)), reason);
  });
}

test("a file of the recorded size and time is not read", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const { record } = await site.captured();
  await flipByte(site.path("base.zst"), 5_000);
  await setBack(site.path("base.zst"), record.fileModifiedMs);
  const checked = await createImageChecker(site.store, site.key.publicKey).check(record);
  assert.ok(checked.ok);
});

test("a file of another time is hashed, and its time is told", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const { record } = await site.captured();
  await utimes(site.path("base.zst"), 5, 5);
  const checker = createImageChecker(site.store, site.key.publicKey);
  assert.deepEqual(await checker.check(record), { ok: true, fileModifiedMs: 5_000 });
});

test("a change after a check is noticed by the next one", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const { record } = await site.captured();
  const checker = createImageChecker(site.store, site.key.publicKey);
  await utimes(site.path("base.zst"), 5, 5);
  assert.ok((await checker.check(record)).ok);
  await flipByte(site.path("base.zst"), 5_000);
  await utimes(site.path("base.zst"), 5, 5);
  const checked = await checker.check(record);
  assert.ok(!checked.ok && checked.reason === "image-digest-mismatch");
});

test("a thousand checks of one image at one time are one", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  const { record } = await site.captured();
  await utimes(site.path("base.zst"), 5, 5);
  let opens = 0;
  const counting = {
    ...site.store,
    open: (...args: Parameters<typeof site.store.open>) => (opens++, site.store.open(...args)),
  };
  const checker = createImageChecker(counting, site.key.publicKey);
  const checks = await Promise.all(Array.from({ length: 1_000 }, () => checker.check({ ...record })));
  assert.ok(checks.every(({ ok }) => ok));
  assert.equal(opens, 3);
});
