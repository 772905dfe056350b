import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { HmacKey, isSameCode } from "../../../../infra/ipmi-js/crypto/hmac.ts";
import { sha1 } from "../../../../infra/ipmi-js/crypto/sha1.ts";
import { sha256 } from "../../../../infra/ipmi-js/crypto/sha256.ts";

for (const [name, hash] of [
  ["sha1", sha1],
  ["sha256", sha256],
] as const) {
  test(`HMAC-${name} agrees with OpenSSL for keys and messages of every length up to 200`, () => {
    for (let length = 0; length <= 200; length++) {
      const key = randomBytes(length % 65);
      const message = randomBytes(length);
      const expected = createHmac(name, key).update(message).digest("hex");
      assert.equal(Buffer.from(new HmacKey(hash, key).digest(message)).toString("hex"), expected);
    }
  });

  test(`HMAC-${name} of a part of a buffer is that of the part alone`, () => {
    const message = randomBytes(150);
    const key = new HmacKey(hash, randomBytes(20));
    assert.deepEqual(key.digest(message, 7, 91), key.digest(message.subarray(7, 91)));
  });
}

test("a key longer than a block is refused", () => {
  assert.throws(() => new HmacKey(sha1, new Uint8Array(65)), RangeError);
});

test("codes are the same only if every byte and the length are", () => {
  assert.equal(isSameCode(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(isSameCode(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(isSameCode(Uint8Array.of(1, 2), Uint8Array.of(1)), false);
});
