import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nkeys } from "@nats-io/transport-node";
import { KeyFileError, identityOf, loadIdentity } from "../../bus/index.ts";
import { isSignedBy } from "../../bus/identity.ts";
import { createIdentity } from "../../infra/embedded/index.ts";

const pair = createIdentity();
const subject = "rv.local.cmd.reboot.alice";
const payload = Buffer.from('{"v":1}');

function writeKey(t: TestContext, text: string, mode = 0o600): string {
  const dir = mkdtempSync(join(tmpdir(), "reveille-key-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, "alice.nk");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("a key file that only its owner may read is an identity", async (t) => {
  for (const mode of [0o600, 0o400]) {
    const identity = await loadIdentity(writeKey(t, `${pair.seed}\n`, mode));
    assert.equal(identity.publicKey, pair.publicKey);
  }
});

test("a key file that others may read is refused, with what to do", async (t) => {
  for (const mode of [0o604, 0o640, 0o602, 0o620, 0o610, 0o644, 0o777]) {
    const path = writeKey(t, pair.seed, mode);
    await assert.rejects(loadIdentity(path), (error: unknown) => {
      assert.ok(error instanceof KeyFileError, mode.toString(8));
      assert.ok(error.message.endsWith(`chmod 600 ${path}`), error.message);
      return true;
    });
  }
});

test("a key file that is missing, a folder or no key is refused by its name, without its content", async (t) => {
  const secret = pair.seed.replace("SU", "SA");
  const path = writeKey(t, secret);
  const folder = join(path, "..", "folder");
  mkdirSync(folder, { mode: 0o700 });
  for (const each of [path, folder, `${path}.missing`]) {
    await assert.rejects(loadIdentity(each), (error: unknown) => {
      assert.ok(error instanceof KeyFileError);
      assert.ok(error.message.includes(each));
      assert.ok(!error.message.includes(secret));
      return true;
    });
  }
});

test("a signature is good for its key, subject and payload, and for nothing else", () => {
  const identity = identityOf(pair.seed);
  const signature = identity.sign(subject, payload);
  assert.ok(isSignedBy(pair.publicKey, subject, payload, signature));
  assert.ok(!isSignedBy(createIdentity().publicKey, subject, payload, signature));
  assert.ok(!isSignedBy(pair.publicKey, "rv.local.cmd.power.alice", payload, signature));
  assert.ok(!isSignedBy(pair.publicKey, subject, Buffer.from('{"v":2}'), signature));
  assert.ok(!isSignedBy(pair.publicKey, subject, payload, identity.answerChallenge(payload.toString())));
});

test("a malformed key or signature is not good, and is no exception", () => {
  const signature = identityOf(pair.seed).sign(subject, payload);
  for (const bad of ["", "x", "!".repeat(86), signature.slice(1), `${signature}AAAA`, "A".repeat(86)]) {
    assert.ok(!isSignedBy(pair.publicKey, subject, payload, bad), bad);
  }
  for (const bad of ["", "U", pair.seed, pair.publicKey.slice(1), nkeys.createAccount().getPublicKey()]) {
    assert.ok(!isSignedBy(bad, subject, payload, signature), bad);
  }
});

test("the answer to nats-server's challenge is what NATS's own library gives", () => {
  const theirs = nkeys.fromSeed(Buffer.from(pair.seed)).sign(Buffer.from("nonce"));
  assert.equal(identityOf(pair.seed).answerChallenge("nonce"), Buffer.from(theirs).toString("base64url"));
});
