import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Aes128Key } from "../../../../infra/ipmi-js/crypto/aes128-cbc.ts";

test("encryption agrees with OpenSSL, and decryption undoes it, for one to eight blocks", () => {
  for (let round = 0; round < 100; round++) {
    const key = randomBytes(16);
    const iv = randomBytes(16);
    const clear = randomBytes(16 * (1 + (round % 8)));
    const expected = createCipheriv("aes-128-cbc", key, iv).setAutoPadding(false).update(clear);

    const packet = new Uint8Array(Buffer.concat([iv, clear]));
    const aes = new Aes128Key(key);
    aes.encryptCbc(packet, 16, packet.length);

    assert.deepEqual(Buffer.from(packet.subarray(16)), expected);
    assert.deepEqual(Buffer.from(aes.decryptCbc(packet)), clear);
  }
});

test("the cipher is that of FIPS 197, appendix C.1", () => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const packet = new Uint8Array(32);
  for (let i = 0; i < 16; i++) packet[16 + i] = i * 0x11;
  new Aes128Key(key).encryptCbc(packet, 16, 32);
  assert.equal(Buffer.from(packet.subarray(16)).toString("hex"), "69c4e0d86a7b0430d8cdb78070b4c55a");
});
