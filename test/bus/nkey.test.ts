import assert from "node:assert/strict";
import { sign, verify } from "node:crypto";
import { test } from "node:test";
import { nkeys } from "@nats-io/transport-node";
import { NkeyError, readSeed, verifyingKeyOf } from "../../bus/nkey.ts";

// @nats-io/nkeys does the same in JavaScript: an implementation that shares nothing with ours.
const message = Buffer.from("rv1\nrv.local.cmd.reboot.alice\n{}");

function seedOf(pair: nkeys.KeyPair): string {
  return Buffer.from(pair.getSeed()).toString("ascii");
}

test("a seed gives the same public key as NATS's own library", () => {
  for (let time = 0; time < 20; time++) {
    const pair = nkeys.createUser();
    assert.equal(readSeed(seedOf(pair)).publicKey, pair.getPublicKey());
    assert.equal(readSeed(`${seedOf(pair)}\n`).publicKey, pair.getPublicKey());
  }
});

test("what we sign NATS's own library verifies, and the other way round", () => {
  const pair = nkeys.createUser();
  const { privateKey } = readSeed(seedOf(pair));
  const ours = sign(null, message, privateKey);
  assert.deepEqual(ours, Buffer.from(pair.sign(message)));
  assert.ok(nkeys.fromPublic(pair.getPublicKey()).verify(message, ours));
  const verifyingKey = verifyingKeyOf(pair.getPublicKey());
  assert.ok(verify(null, message, verifyingKey, pair.sign(message)));
  assert.ok(!verify(null, message, verifyingKey, nkeys.createUser().sign(message)));
});

test("a mistyped letter anywhere is found by the checksum", () => {
  const pair = nkeys.createUser();
  const { length } = pair.getPublicKey();
  for (let index = 0; index < length; index++) {
    assert.throws(() => verifyingKeyOf(mistyped(pair.getPublicKey(), index)), NkeyError, String(index));
  }
});

test("a key has one spelling: a letter more is no key", () => {
  const pair = nkeys.createUser();
  assert.throws(() => verifyingKeyOf(`${pair.getPublicKey()}A`), NkeyError);
  assert.throws(() => readSeed(`${seedOf(pair)}A`), NkeyError);
});

test("only a user's key is taken", () => {
  for (const pair of [nkeys.createAccount(), nkeys.createOperator(), nkeys.createServer(), nkeys.createCluster()]) {
    assert.throws(() => verifyingKeyOf(pair.getPublicKey()), NkeyError);
    assert.throws(() => readSeed(seedOf(pair)), NkeyError);
  }
  const user = nkeys.createUser();
  assert.throws(() => verifyingKeyOf(seedOf(user)), NkeyError);
  assert.throws(() => readSeed(user.getPublicKey()), NkeyError);
});

test("what is no key at all is refused, and never repeated in the message", () => {
  const pair = nkeys.createUser();
  const seed = seedOf(pair);
  for (const text of ["", "S", "SU", "not a key", seed.toLowerCase(), seed.slice(1), `${seed}A`, mistyped(seed, 9)]) {
    assert.throws(
      () => readSeed(text),
      (error: unknown) => error instanceof NkeyError && (text.length < 3 || !error.message.includes(text)),
      text,
    );
  }
});

function mistyped(text: string, index: number): string {
  const letter = text.charAt(index) === "A" ? "B" : "A";
  return text.slice(0, index) + letter + text.slice(index + 1);
}
