import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import {
  ImageKeyError,
  createImageKey,
  isSignedBy,
  publicKeyOf,
  signManifest,
} from "../../../../infra/images/index.ts";
import { sampleText } from "./sample-manifest.ts";

const manifest = Buffer.from(sampleText);
const key = createImageKey();

test("a signature has 64 bytes and holds for exactly what was signed, under exactly that key", () => {
  const signature = signManifest(key.privateKey, manifest);
  assert.equal(signature.length, 64);
  assert.ok(isSignedBy(key.publicKey, manifest, signature));
  assert.ok(!isSignedBy(createImageKey().publicKey, manifest, signature));
  for (let at = 0; at < manifest.length; at += 50) {
    const changed = Buffer.from(manifest);
    changed[at] = manifest[at]! ^ 1;
    assert.ok(!isSignedBy(key.publicKey, changed, signature), `byte ${at}`);
  }
});

test("the public half can be had of the private one", () => {
  assert.equal(publicKeyOf(key.privateKey), key.publicKey);
});

for (const length of [0, 63, 65, 4_096]) {
  test(`a signature of ${length} bytes is wrong`, () => {
    assert.ok(!isSignedBy(key.publicKey, manifest, Buffer.alloc(length)));
  });
}

test("a key that is none, or of another kind, is told without a word of it", () => {
  const other = generateKeyPairSync("x25519", {
    publicKeyEncoding: { format: "pem", type: "spki" },
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
  });
  for (const text of ["", "hush", other.privateKey]) {
    assert.throws(
      () => signManifest(text, manifest),
      (error) => error instanceof ImageKeyError && !error.message.includes("hush"),
    );
  }
  assert.throws(() => isSignedBy(other.publicKey, manifest, Buffer.alloc(64)), ImageKeyError);
});
