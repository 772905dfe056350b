import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import ssh2 from "ssh2";
import { runProgram } from "../../../infra/program/index.ts";
import { SshKeyFileError, createSshKey, readSshPublicKey } from "../../../infra/ssh/index.ts";

async function keyPath(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "reveille-key-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "id");
}

test("a new key is read by OpenSSH itself", async (t) => {
  const path = await keyPath(t);
  const publicKey = await createSshKey(path);
  const end = await runProgram(["ssh-keygen", "-y", "-f", path], {
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  assert.equal(end.outcome === "exited" && end.stdout.trim(), publicKey);
});

test("a new key is read by ssh2", async (t) => {
  const path = await keyPath(t);
  const publicKey = await createSshKey(path);
  const parsed = ssh2.utils.parseKey(await readFile(path, "utf8"));
  assert.ok(!(parsed instanceof Error));
  assert.equal(parsed.getPublicSSH().toString("base64"), publicKey.split(" ")[1]);
});

test("a key's file is its owner's alone", async (t) => {
  const path = await keyPath(t);
  await createSshKey(path);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a key that is there is not written over", async (t) => {
  const path = await keyPath(t);
  const publicKey = await createSshKey(path);
  await assert.rejects(createSshKey(path), { code: "EEXIST" });
  assert.equal(await readSshPublicKey(path), publicKey);
});

for (const [what, text] of Object.entries({
  "an empty file": "",
  "a PEM of another kind": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
  "a key that is cut off": `-----BEGIN OPENSSH PRIVATE KEY-----\n${btoa("openssh-key-v1\0\0\0\0\u0004none")}\n`,
})) {
  test(`${what} has no public half`, async (t) => {
    const path = await keyPath(t);
    await writeFile(path, text);
    await assert.rejects(readSshPublicKey(path), SshKeyFileError);
  });
}
