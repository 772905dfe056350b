import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createImageKey, formatManifest, signManifest } from "../../infra/images/index.ts";
import { sampleManifest } from "../infra/images/format/sample-manifest.ts";
import { runTool } from "./run-tool.ts";

/** Whether openssl, as a ramdisk calls it, takes the signature for that of `signed`. */
async function isVerified(t: TestContext, signed: string, received = signed): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), "reveille-images-"));
  t.after(() => rm(dir, { recursive: true }));
  const key = createImageKey();
  await writeFile(join(dir, "key.pem"), key.publicKey);
  await writeFile(join(dir, "manifest"), received);
  await writeFile(join(dir, "manifest.sig"), signManifest(key.privateKey, Buffer.from(signed)));
  const files = ["-inkey", join(dir, "key.pem"), "-in", join(dir, "manifest"), "-sigfile", join(dir, "manifest.sig")];
  const { exitStatus } = await runTool("openssl", ["pkeyutl", "-verify", "-pubin", "-rawin", ...files]);
  return exitStatus === 0;
}

const manifest = formatManifest(sampleManifest);

test("openssl takes a manifest that is as it was signed", async (t) => {
  assert.ok(await isVerified(t, manifest));
});

test("openssl refuses a manifest of which a byte is another", async (t) => {
  assert.ok(!(await isVerified(t, manifest, manifest.replace("bootable", "bootablf"))));
});
