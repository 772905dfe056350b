import assert from "node:assert/strict";
import { open, readFile, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import type { ImageAddArgs, ImageSetArgs } from "../../../../contracts/index.ts";
import { ImageCancelledError, failAbandonedImages, readImageRows, withImageLock } from "../../../../infra/db/index.ts";
import { createImageKey, formatManifest, parseManifest, signManifest } from "../../../../infra/images/index.ts";
import { databaseServer } from "../../../support/database.ts";
import { openImageDeeds } from "./image-deeds.ts";

const databases = databaseServer();
const siteWith = (t: TestContext) => openImageDeeds(t, databases);

const web: ImageAddArgs = { image: "web", path: "demo/web.raw", project: "demo" };
const reasonOf = (answered: { readonly ok: true } | { readonly ok: false; readonly reason: string }) =>
  answered.ok ? "ok" : answered.reason;

describe("an image that is added", () => {
  test("is refused with the reason for each thing that is wrong with it", async (t) => {
    const site = await siteWith(t);
    await writeFile(join(site.dir, "outside.raw"), Buffer.alloc(512, 1));
    await symlink(join(site.dir, "outside.raw"), join(site.imageDir, "demo", "link.raw"));
    await symlink(site.dir, join(site.imageDir, "demo", "folder"));
    await writeFile(join(site.imageDir, "demo", "empty.raw"), "");
    await writeFile(join(site.imageDir, "demo", "zeros.raw"), Buffer.alloc(1_024));
    await writeFile(join(site.imageDir, "demo", "odd.raw"), Buffer.alloc(700, 1));
    assert.equal(reasonOf(await site.add("root", { ...web, image: "taken" })), "ok");
    const cases: readonly (readonly [string, Partial<ImageAddArgs>, string])[] = [
      ["root", { path: "../outside.raw" }, "image-path-refused"],
      ["root", { path: join(site.dir, "outside.raw") }, "image-path-refused"],
      ["root", { path: "demo/link.raw" }, "image-path-refused"],
      ["root", { path: "demo/folder/outside.raw" }, "image-path-refused"],
      ["root", { path: "taken.zst" }, "image-path-refused"],
      ["root", { path: "demo/none.raw" }, "image-file-missing"],
      ["root", { path: "demo" }, "image-unreadable"],
      ["root", { path: "demo/empty.raw" }, "image-empty"],
      ["root", { path: "demo/zeros.raw" }, "image-empty"],
      ["root", { path: "demo/odd.raw" }, "image-unreadable"],
      ["root", { project: "nowhere" }, "malformed-arguments"],
      ["ann", { path: "other/secret.raw" }, "image-path-refused"],
      ["ann", { path: "demo/../other/secret.raw" }, "image-path-refused"],
      ["ann", { project: "other", path: "other/secret.raw" }, "permission-denied"],
      ["ann", { image: "taken" }, "permission-denied"],
      ["lea", { image: "taken" }, "image-exists"],
      ["bob", {}, "permission-denied"],
      ["nobody", {}, "permission-denied"],
    ];
    for (const [user, args, reason] of cases) {
      assert.equal(reasonOf(await site.add(user, { ...web, ...args })), reason, `${user} ${JSON.stringify(args)}`);
    }
    assert.equal(
      reasonOf(await site.add("root", { image: "web", path: "demo/web.raw", visibility: "project" })),
      "malformed-arguments",
    );
    assert.equal(reasonOf(await site.add("ann", { image: "web", path: "demo/web.raw" })), "permission-denied");
    assert.notEqual(await site.stateOf("web"), "ready");
  });

  test("tells how far it is, and what it came to", async (t) => {
    const site = await siteWith(t);
    const told: unknown[] = [];
    const added = await site.add("ann", { ...web, maxConcurrentLoads: 3 }, { onProgress: (now) => told.push(now) });
    const bytesTotal = 9 * 1024 * 1024;
    assert.ok(added.ok && added.answer.rawBytes === bytesTotal && added.answer.chunks === 2);
    assert.deepEqual(told.at(-1), { bytesDone: bytesTotal, bytesTotal });
    const [row] = await readImageRows(site.sql, ["web"]);
    const { state, project, visibility, maxConcurrentLoads, partitions, addedBy } = row!;
    assert.deepEqual([state, project, visibility, maxConcurrentLoads, addedBy], ["ready", "demo", "project", 3, "ann"]);
    assert.equal(partitions?.length, 1);
  });

  test("of a name that somebody works on is refused, and the first goes on", async (t) => {
    const site = await siteWith(t);
    const [first, second] = await Promise.all([site.add("ann", web), site.add("lea", web)]);
    assert.deepEqual([reasonOf(first), reasonOf(second)].sort(), ["image-busy", "ok"]);
    assert.equal(await site.stateOf("web"), "ready");
  });

  test("is given up with nothing left of it when the lock is lost half-way", async (t) => {
    const site = await siteWith(t);
    let isCut = false;
    const onProgress = () => {
      if (isCut) return;
      isCut = true;
      const cut = site.owner`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`;
      void cut.execute();
    };
    // The last chunk is read only once the connection is gone.
    const source = await open(join(site.imageDir, "demo", "web.raw"), "r+");
    await source.truncate(400 * 1024 * 1024);
    await source.close();
    await assert.rejects(site.add("ann", web, { onProgress }));
    assert.notEqual(await site.stateOf("web"), "ready");
    assert.deepEqual((await readdir(site.imageDir)).sort(), ["demo", "other"]);
  });

  test("is given up when somebody cancels it who may remove it, and what was there before is not", async (t) => {
    const site = await siteWith(t);
    assert.equal(reasonOf(await site.cancel("ann", "web")), "image-unknown");
    await site.add("ann", web);
    const before = (await readdir(site.imageDir)).sort();
    assert.equal(reasonOf(await site.cancel("ann", "web")), "image-idle");
    // So large that it is cancelled before its end.
    await truncate(join(site.imageDir, "demo", "web.raw"), 64 * 1024 ** 3);
    const outcomes: string[] = [];
    let isAsked = false;
    const onProgress = async () => {
      if (isAsked) return;
      isAsked = true;
      for (const user of ["bob", "ann"]) outcomes.push(reasonOf(await site.cancel(user, "web")));
    };
    const more = { onProgress: () => void onProgress() };
    await assert.rejects(site.add("lea", { ...web, replace: true }, more), ImageCancelledError);
    isAsked = false;
    await assert.rejects(
      site.add("ann", { ...web, image: "new" }, { onProgress: () => void site.cancel("lea", "new") }),
      {
        message: "cancelled by lea",
      },
    );
    assert.deepEqual(outcomes, ["permission-denied", "ok"]);
    assert.deepEqual((await readdir(site.imageDir)).sort(), before);
    assert.deepEqual([await site.stateOf("web"), await site.stateOf("new")], ["ready", "failed"]);
    await truncate(join(site.imageDir, "demo", "web.raw"), 9 * 1024 ** 2);
    assert.equal(reasonOf(await site.add("ann", { ...web, image: "new" })), "ok", "a cancel holds for one deed alone");
  });

  test("by somebody who was killed is told to have failed, and can be added again", async (t) => {
    const site = await siteWith(t);
    await site.owner`insert into reload.images (name, visibility, state, added_by, project) values ('web', 'project', 'adding', 'ann', 'demo')`;
    await withImageLock(site.place, "web", async () => {
      assert.deepEqual(await failAbandonedImages(site.sql), [], "its maker lives");
    });
    assert.deepEqual(await failAbandonedImages(site.sql), ["web"]);
    assert.equal(await site.stateOf("web"), "failed");
    assert.equal(reasonOf(await site.add("lea", web)), "ok");
  });

  test("in another's place is not loaded before it is whole, and refused while nodes load that one", async (t) => {
    const site = await siteWith(t);
    await site.add("ann", web);
    const manifest = await readFile(join(site.imageDir, "web.manifest"), "utf8");
    await writeFile(join(site.imageDir, "demo", "new.raw"), Buffer.alloc(4_096, 7));
    const replacement = { ...web, path: "demo/new.raw", replace: true };
    await site.load("web");
    assert.equal(reasonOf(await site.add("lea", replacement)), "image-in-use");
    assert.equal(await readFile(join(site.imageDir, "web.manifest"), "utf8"), manifest);
    assert.equal(await site.stateOf("web"), "ready");
    await site.owner`delete from reload.boot_selections`;
    assert.equal(reasonOf(await site.add("lea", replacement)), "ok");
    assert.equal((await readImageRows(site.sql, ["web"]))[0]!.rawBytes, 4_096);
    const verified = await site.verify("ann", "web");
    assert.ok(verified.ok && verified.answer.isWhole);
  });
});

describe("an image that is verified", () => {
  test("is whole, or what is wrong is said", async (t) => {
    const site = await siteWith(t);
    const files = ["web.zst", "web.manifest", "web.manifest.sig"].map((name) => join(site.imageDir, name));
    const [data, manifest, signature] = files as [string, string, string];
    await site.add("ann", web);
    const saved = await Promise.all(files.map((file) => readFile(file)));
    const verdict = async () => {
      const verified = await site.verify("ann", "web");
      assert.ok(verified.ok);
      await Promise.all(files.map((file, index) => writeFile(file, saved[index]!)));
      return verified.answer.isWhole ? "whole" : verified.answer.reason;
    };
    assert.equal(await verdict(), "whole");

    const flipped = Buffer.from(saved[0]!);
    flipped[flipped.length - 100]! ^= 1;
    await writeFile(data, flipped);
    assert.equal(await verdict(), "image-digest-mismatch");

    await truncate(data, saved[0]!.length - 1);
    assert.equal(await verdict(), "image-digest-mismatch");

    await truncate(manifest, 200);
    assert.equal(await verdict(), "image-signature-invalid");

    const short = saved[1]!.subarray(0, 200);
    await writeFile(manifest, short);
    await writeFile(signature, signManifest(site.privateKey, short));
    assert.equal(await verdict(), "image-manifest-invalid");

    await writeFile(signature, signManifest(createImageKey().privateKey, saved[1]!));
    assert.equal(await verdict(), "image-signature-invalid");

    const lying = Buffer.from(saved[1]!.toString().replace(/^created .*$/mu, "created 2020-01-01T00:00:00.000Z"));
    await writeFile(manifest, lying);
    await writeFile(signature, signManifest(site.privateKey, lying));
    assert.equal(await verdict(), "image-manifest-invalid", "signed, and not the recorded one");

    assert.equal(reasonOf(await site.verify("bob", "web")), "permission-denied");
    assert.equal(reasonOf(await site.verify("ann", "none")), "image-unknown");
  });

  test("is left as it is when somebody cancels it who may remove it, in the midst of nothing but zeros", async (t) => {
    const site = await siteWith(t);
    await truncate(join(site.imageDir, "demo", "web.raw"), 12 * 1024 ** 2);
    await site.add("ann", web);
    await appendZeros(site, 64 * 1024 ** 3);
    const before = (await readdir(site.imageDir)).sort();
    const outcomes: string[] = [];
    let isAsked = false;
    const onProgress = async () => {
      if (isAsked) return;
      isAsked = true;
      for (const user of ["bob", "ann"]) outcomes.push(reasonOf(await site.cancel(user, "web")));
    };
    await assert.rejects(
      site.verify("lea", "web", { onProgress: () => void onProgress() }),
      (error) => error instanceof ImageCancelledError && error.message === "cancelled by ann",
    );
    assert.deepEqual(outcomes, ["permission-denied", "ok"]);
    assert.deepEqual((await readdir(site.imageDir)).sort(), before);
    assert.equal(await site.stateOf("web"), "ready");
    assert.equal(reasonOf(await site.cancel("ann", "web")), "image-idle");
  });
});

/** Has the image's manifest say that so many bytes of zeros follow: reading those takes a minute or more, and no file. */
async function appendZeros(site: { readonly imageDir: string; readonly privateKey: string }, bytes: number) {
  const path = (name: string) => join(site.imageDir, name);
  const parsed = parseManifest(await readFile(path("web.manifest")));
  assert.ok(parsed.ok);
  const { rawSizeBytes, extents } = parsed.manifest;
  const zero = { kind: "zero", rawOffset: rawSizeBytes, rawLength: bytes } as const;
  const longer = { ...parsed.manifest, rawSizeBytes: rawSizeBytes + bytes, extents: [...extents, zero] };
  const text = Buffer.from(formatManifest(longer));
  await writeFile(path("web.manifest"), text);
  await writeFile(path("web.manifest.sig"), signManifest(site.privateKey, text));
}

describe("an image that is changed", () => {
  test("is loaded by whom and as often as is said last, if who says it may", async (t) => {
    const site = await siteWith(t);
    await site.add("lea", web);
    await site.add("root", { image: "standard", path: "demo/web.raw" });
    const outcomes: string[] = [];
    for (const [user, args] of [
      ["ann", { image: "web", visibility: "public" }],
      ["bob", { image: "web", visibility: "public" }],
      ["lea", { image: "standard", maxConcurrentLoads: 1 }],
      ["root", { image: "standard", visibility: "project" }],
      ["root", { image: "none", visibility: "public" }],
    ] as const) {
      outcomes.push(reasonOf(await site.set(user, args)));
    }
    assert.deepEqual(outcomes, [
      "permission-denied",
      "permission-denied",
      "permission-denied",
      "malformed-arguments",
      "image-unknown",
    ]);
    const answerTo = async (args: Omit<ImageSetArgs, "image">) => {
      const answered = await site.set("lea", { image: "web", ...args });
      return answered.ok ? answered.answer : answered.reason;
    };
    const web1 = { image: "web", visibility: "project", maxConcurrentLoads: 2 };
    assert.deepEqual(await answerTo({ maxConcurrentLoads: 2 }), web1);
    assert.deepEqual(await answerTo({ visibility: "public" }), { ...web1, visibility: "public" });
    assert.deepEqual(await answerTo({ maxConcurrentLoads: null }), {
      ...{ image: "web", visibility: "public", maxConcurrentLoads: null },
    });
    const [row] = await readImageRows(site.sql, ["web"]);
    assert.deepEqual([row?.visibility, row?.maxConcurrentLoads, row?.state], ["public", null, "ready"]);
  });
});

describe("an image that is removed", () => {
  test("leaves no file, unless it is used or another's", async (t) => {
    const site = await siteWith(t);
    await site.add("lea", web);
    await site.add("root", { image: "standard", path: "demo/web.raw" });
    await site.load("web");
    const outcomes: string[] = [];
    for (const [user, image] of [
      ["lea", "web"],
      ["bob", "web"],
      ["ann", "web"],
      ["root", "standard"],
      ["root", "none"],
    ] as const) {
      outcomes.push(reasonOf(await site.remove(user, image)));
    }
    assert.deepEqual(outcomes, [
      "image-in-use",
      "permission-denied",
      "permission-denied",
      "image-in-use",
      "image-unknown",
    ]);
    await site.owner`delete from reload.boot_selections`;
    await site.owner`insert into registry.operating_systems (name, image) values ('web-1', 'web')`;
    await site.owner`insert into registry.freed_nodes (node, image) values ('pc1', 'web')`;
    await site.owner`update registry.experiments set os = 'web' where project = 'demo' and name = 'lab'`;
    const named = await site.remove("lea", "web");
    assert.ok(!named.ok && named.reason === "image-in-use");
    assert.equal(named.detail, "image web is named by OS web-1, experiment demo/lab, the free node pc1");
    await site.owner`insert into registry.operating_systems (name, image) values ('web', 'standard')`;
    await site.owner`delete from registry.operating_systems where name = 'web-1'`;
    await site.owner`delete from registry.freed_nodes`;
    assert.equal(reasonOf(await site.remove("lea", "web")), "ok", "the experiment names the OS, not the image");
    assert.equal(await site.stateOf("web"), undefined);
    assert.ok((await readdir(site.imageDir)).every((name) => !name.startsWith("web")));
  });
});
