import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createImageKey } from "../../infra/images/index.ts";
import { buildRamdisk, fetchKernel } from "../../infra/lab/index.ts";

test("the ramdisk is small, and holds the site's key and what a load needs", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "reveille-ramdisk-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "ramdisk");
  const { publicKey } = createImageKey();
  await buildRamdisk(file, { kernel: await fetchKernel(), imagePublicKey: publicKey });

  const bytes = await readFile(file);
  assert.ok(bytes.length < 8 * 1024 * 1024, `${bytes.length} bytes`);
  // Two archives, one after the other: the key's, then all the rest's, compressed (zstd's magic number, RFC 8878 §3.1.1).
  const rest = bytes.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  assert.ok(bytes.subarray(0, rest).includes(publicKey));
  const tree = execFileSync("zstd", ["-dcq"], { input: bytes.subarray(rest), maxBuffer: 256 * 1024 * 1024 });
  const names = execFileSync("cpio", ["-t", "--quiet"], { input: tree, encoding: "utf8" }).split("\n");
  for (const name of [
    "init",
    "bin/sh",

    "bin/udp-receiver",
    "bin/chunk-writer",
    "bin/boot-call",
    "modules/virtio_net.ko",
  ])
    assert.ok(names.includes(name), name);
});

test("every script of the ramdisk is one that a shell can read", async () => {
  const scripts = new URL("../../infra/lab/ramdisk/root/", import.meta.url);
  for (const name of await readdir(scripts)) execFileSync("busybox", ["sh", "-n", name], { cwd: scripts });
});
