import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { test } from "node:test";
import { nkeys } from "@nats-io/transport-node";
import { createIdentity, isUserPublicKey } from "../../../../infra/embedded/nats/nkey.ts";

test("a new identity is a pair that NATS's own library reads", () => {
  const { seed, publicKey } = createIdentity();
  const pair = nkeys.fromSeed(Buffer.from(seed));
  assert.equal(pair.getPublicKey(), publicKey);
  assert.match(seed, /^SU[A-Z2-7]{56}$/);
});

test("a signature made with the seed's bytes is good under the public key", () => {
  const { seed, publicKey } = createIdentity();
  const raw = nkeys.fromSeed(Buffer.from(seed)).getSeed();
  assert.equal(raw.length, 58);
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seedBytes(seed)]),
    format: "der",
    type: "pkcs8",
  });
  const message = Buffer.from("reveille");
  assert.ok(nkeys.fromPublic(publicKey).verify(message, sign(null, message, key)));
});

test("a user's public key is known by its prefix, its length and its checksum", () => {
  const { seed, publicKey } = createIdentity();
  assert.ok(isUserPublicKey(publicKey));
  assert.ok(!isUserPublicKey(seed));
  assert.ok(!isUserPublicKey(publicKey.slice(0, -1)));
  assert.ok(!isUserPublicKey(nkeys.createAccount().getPublicKey()));
  const last = publicKey.at(-1) === "A" ? "B" : "A";
  assert.ok(!isUserPublicKey(publicKey.slice(0, -1) + last));
});

function seedBytes(seed: string): Buffer {
  let bits = "";
  for (const letter of seed) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2))).subarray(2, 34);
}
