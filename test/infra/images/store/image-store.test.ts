import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, link, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ImageDirectoryError, openImageStore } from "../../../../infra/images/index.ts";
import { createImageSite } from "../support/image-site.ts";

const run = promisify(execFile);

test("a raw file in the directory, or in a folder below, opens for reading", async (t) => {
  const site = await createImageSite(t);
  await mkdir(site.path("incoming"));
  await writeFile(site.path("incoming/disk.img"), "raw");
  const opened = await site.store.openSource("incoming/disk.img");
  assert.ok(opened.ok);
  assert.equal(opened.sizeBytes, 3);
  assert.equal(await opened.file.readFile("utf8"), "raw");
  await opened.file.close();
});

for (const path of [
  "",
  ".",
  "..",
  "../etc/passwd",
  "/etc/passwd",
  "a/../../b",
  "a//b",
  "./raw.img",
  "raw.img/",
  "a\0b",
]) {
  test(`the path ${JSON.stringify(path)} is refused unread`, async (t) => {
    const site = await createImageSite(t);
    await site.createRaw(1);
    const opened = await site.store.openSource(path);
    assert.ok(!opened.ok && opened.reason === "image-path-refused", JSON.stringify(opened));
  });
}

test("a symbolic link is not followed, wherever it stands on the path and wherever it leads", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await mkdir(site.path("folder"));
  await writeFile(site.path("folder/inside"), "raw");
  await symlink("/etc/hostname", site.path("out"));
  await symlink("/etc", site.path("folder/etc"));
  await symlink("raw.img", site.path("in"));
  await symlink("folder", site.path("alias"));
  await symlink("nothing", site.path("dangling"));
  for (const path of ["out", "folder/etc/hostname", "in", "alias/inside", "dangling"]) {
    const opened = await site.store.openSource(path);
    assert.ok(!opened.ok && opened.reason === "image-path-refused", path);
  }
});

test("a link in an image's place is unreadable", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await symlink("raw.img", site.path("base.zst"));
  const opened = await site.store.open("base", "data");
  assert.ok(!opened.ok && opened.reason === "image-unreadable");
  assert.match(opened.detail, /^base\.zst leads out/);
});

test("what is no file is unreadable, and nothing waits for a named pipe's writer", async (t) => {
  const site = await createImageSite(t);
  await mkdir(site.path("folder.zst"));
  await run("mkfifo", [site.path("pipe.zst")]);
  for (const image of ["folder", "pipe"]) {
    const opened = await site.store.open(image, "data");
    assert.ok(!opened.ok && opened.reason === "image-unreadable", image);
  }
});

test("a file that we may not read is unreadable", async (t) => {
  const site = await createImageSite(t);
  await writeFile(site.path("base.zst"), "data", { mode: 0o000 });
  await chmod(site.directory, 0o755);
  // Root may read everything, so this once it is somebody else.
  if (process.getuid?.() === 0) {
    process.seteuid?.(65_534);
    t.after(() => process.seteuid?.(0));
  }
  const opened = await site.store.open("base", "data");
  process.seteuid?.(process.getuid?.() ?? 0);
  assert.ok(!opened.ok && opened.reason === "image-unreadable", JSON.stringify(opened));
});

test("a missing file and an empty one are told apart", async (t) => {
  const site = await createImageSite(t);
  await writeFile(site.path("empty.zst"), "");
  const missing = await site.store.open("base", "data");
  const empty = await site.store.open("empty", "data");
  assert.ok(!missing.ok && missing.reason === "image-file-missing");
  assert.ok(!empty.ok && empty.reason === "image-empty");
});

for (const image of ["../base", "a/b", "", ".", "..", "base\0", "Base", "x".repeat(64)]) {
  test(`no image is called ${JSON.stringify(image)}`, async (t) => {
    const site = await createImageSite(t);
    for (const part of ["data", "manifest", "signature"] as const) {
      const opened = await site.store.open(image, part);
      assert.ok(!opened.ok && opened.reason === "image-file-missing");
    }
    await assert.rejects(site.store.remove(image), RangeError);
  });
}

test("a folder that is swapped for a link to elsewhere meanwhile never yields a file of elsewhere", async (t) => {
  const site = await createImageSite(t);
  const elsewhere = await mkdtemp(join(tmpdir(), "reveille-elsewhere-"));
  t.after(() => rm(elsewhere, { recursive: true }));
  await writeFile(join(elsewhere, "disk.img"), "secret");
  await mkdir(site.path("folder"));
  await writeFile(site.path("folder/disk.img"), "raw");
  await symlink(elsewhere, site.path("link"));
  const done = new AbortController();
  const swapping = (async () => {
    while (!done.signal.aborted) {
      await rename(site.path("folder"), site.path("aside"));
      await rename(site.path("link"), site.path("folder"));
      await rename(site.path("folder"), site.path("link"));
      await rename(site.path("aside"), site.path("folder"));
    }
  })();
  try {
    for (let round = 0; round < 1_000; round++) {
      const opened = await site.store.openSource("folder/disk.img");
      if (!opened.ok) continue;
      const text = await opened.file.readFile("utf8");
      await opened.file.close();
      assert.equal(text, "raw");
    }
  } finally {
    done.abort();
    await swapping;
  }
  const opened = await site.store.openSource("folder/disk.img");
  assert.ok(opened.ok);
  await opened.file.close();
});

test("removing an image takes its files and no other's, and may be repeated", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await site.captured();
  await site.captured({ image: "base.2" });
  await link(site.path("base.zst"), site.path("kept"));
  await site.store.remove("base");
  await site.store.remove("base");
  const left = ["base.2.manifest", "base.2.manifest.sig", "base.2.zst", "kept", "raw.img"];
  assert.deepEqual((await readdir(site.directory)).sort(), left);
});

test("a directory that is none is told at once", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await assert.rejects(openImageStore(site.path("nowhere")), ImageDirectoryError);
  await assert.rejects(openImageStore(site.path("raw.img")), ImageDirectoryError);
});

test("the directory itself may be reached by a link", async (t) => {
  const site = await createImageSite(t);
  await site.createRaw(1);
  await symlink(site.directory, `${site.directory}-link`);
  t.after(() => rm(`${site.directory}-link`));
  const store = await openImageStore(`${site.directory}-link`);
  assert.equal(store.directory, site.directory);
  const opened = await store.openSource("raw.img");
  assert.ok(opened.ok);
  await opened.file.close();
});
