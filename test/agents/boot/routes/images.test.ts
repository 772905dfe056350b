import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { databaseServer } from "../../../support/database.ts";
import { busOfFile, openBootSite, pc2 } from "../boot-site.ts";

const databases = databaseServer();
const file = busOfFile();
const data = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));

/** A site with the files of `base`, and pc1 in the ramdisk that is to load it. */
async function loading(t: TestContext) {
  const site = await openBootSite(t, { databases, bus: file.bus });
  const write = (name: string, content: string | Buffer) => writeFileSync(join(site.imageDir, name), content);
  write("base.zst", data);
  write("base.manifest", "reveille-image 1\n");
  write("base.manifest.sig", "s".repeat(64));
  write("other.zst", "another image");
  const token = await site.bootRamdisk();
  return {
    ...site,
    token,
    get: (path: string, range?: string) => site.ask(path, { token, headers: { ...(range ? { range } : {}) } }),
  };
}

test("a ramdisk gets the manifest, its signature and the chunks of an image in its plan", async (t) => {
  const { get } = await loading(t);
  assert.equal((await get("/v1/images/base/manifest")).text, "reveille-image 1\n");
  assert.equal((await get("/v1/images/base/signature")).text, "s".repeat(64));
  const { status, bytes, headers } = await get("/v1/images/base/data");
  assert.deepEqual([status, headers["content-length"], headers["accept-ranges"]], [200, "70000", "bytes"]);
  assert.ok(bytes.equals(data));
});

test("a part of the chunks is given by Range", async (t) => {
  const { get } = await loading(t);
  for (const [range, status, content, said] of [
    ["bytes=0-0", 206, [0, 1], "bytes 0-0/70000"],
    ["bytes=1000-1999", 206, [1_000, 2_000], "bytes 1000-1999/70000"],
    ["bytes=69990-", 206, [69_990, 70_000], "bytes 69990-69999/70000"],
    ["bytes=-10", 206, [69_990, 70_000], "bytes 69990-69999/70000"],
    ["bytes=69990-90000", 206, [69_990, 70_000], "bytes 69990-69999/70000"],
    ["bytes=0-1,5-6", 200, [0, 70_000], undefined],
    ["chunks=1", 200, [0, 70_000], undefined],
  ] as const) {
    const answer = await get("/v1/images/base/data", range);
    assert.deepEqual([answer.status, answer.headers["content-range"]], [status, said], range);
    assert.ok(answer.bytes.equals(data.subarray(...content)), range);
  }
});

test("a Range beyond the file is answered 416 with its size", async (t) => {
  const { get } = await loading(t);
  const { status, headers } = await get("/v1/images/base/data", "bytes=70000-");
  assert.deepEqual([status, headers["content-range"]], [416, "bytes */70000"]);
});

test("what is not in the plan is not given, whatever it is called", async (t) => {
  const { get } = await loading(t);
  for (const name of ["other", "..%2fbase", "%2fetc%2fpasswd", "base.zst%00", "base%2f..%2fother"]) {
    assert.equal((await get(`/v1/images/${name}/data`)).status, 403, name);
  }
});

test("no image is given without a token, nor with another node's", async (t) => {
  const { ask, token } = await loading(t);
  assert.equal((await ask("/v1/images/base/data")).status, 401);
  assert.equal((await ask("/v1/images/base/data", { token, from: pc2.address })).status, 403);
});

test("a link in an image's place is not followed", async (t) => {
  const { get, imageDir } = await loading(t);
  rmSync(join(imageDir, "base.zst"));
  symlinkSync("/etc/hostname", join(imageDir, "base.zst"));
  assert.equal((await get("/v1/images/base/data")).status, 404);
});
