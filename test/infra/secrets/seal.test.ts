import assert from "node:assert/strict";
import { test } from "node:test";
import { SealError, createSealingKey, createSealOpener, seal } from "../../../infra/secrets/index.ts";

const key = createSealingKey();

function codeOf(deed: () => unknown): string | undefined {
  try {
    deed();
  } catch (error) {
    assert.ok(error instanceof SealError);
    return error.code;
  }
  return undefined;
}

for (const secret of ["calvin", "", "pässwörd ☃", "x".repeat(5000)]) {
  test(`a secret of ${secret.length} characters opens with its key under its context`, () => {
    assert.equal(createSealOpener(key.privateKey)(seal(key.publicKey, secret, "pc1"), "pc1"), secret);
  });
}

test("a sealed password that was moved to another node does not open", () => {
  const sealed = seal(key.publicKey, "calvin", "pc1");
  assert.equal(
    codeOf(() => createSealOpener(key.privateKey)(sealed, "pc2")),
    "sealed-for-another",
  );
});

test("another agent's key does not open it", () => {
  const sealed = seal(key.publicKey, "calvin", "pc1");
  assert.equal(
    codeOf(() => createSealOpener(createSealingKey().privateKey)(sealed, "pc1")),
    "sealed-for-another",
  );
});

test("no byte of it can be changed", () => {
  const bytes = Buffer.from(seal(key.publicKey, "calvin", "pc1").slice(3), "base64url");
  // The highest bit of an X25519 key is ignored (RFC 7748 §5), but the salt holds it.
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = bytes[i]! ^ 0x80;
    assert.equal(
      codeOf(() => createSealOpener(key.privateKey)(`v1.${changed.toString("base64url")}`, "pc1")),
      "sealed-for-another",
      `byte ${i}`,
    );
  }
});

test("an ephemeral key of low order opens nothing", () => {
  const forged = `v1.${Buffer.alloc(64).toString("base64url")}`;
  assert.equal(
    codeOf(() => createSealOpener(key.privateKey)(forged, "pc1")),
    "sealed-for-another",
  );
});

test("the same secret sealed twice looks different", () => {
  assert.notEqual(seal(key.publicKey, "calvin", "pc1"), seal(key.publicKey, "calvin", "pc1"));
});

test("what is sealed and what is said of it hold no secret", () => {
  const sealed = seal(key.publicKey, "calvin", "pc1");
  assert.match(sealed, /^v1\.[A-Za-z0-9_-]+$/);
  assert.ok(!Buffer.from(sealed.slice(3), "base64url").includes("calvin"));
});

for (const sealed of ["", "v1.", "v1.AAAA", "v2.AAAA", "calvin", `v1.${"A".repeat(100)}=`]) {
  test(`'${sealed.slice(0, 10)}' of ${sealed.length} characters is not a sealed secret`, () => {
    assert.equal(
      codeOf(() => createSealOpener(key.privateKey)(sealed, "pc1")),
      "sealed-malformed",
    );
  });
}

test("a key of another length or alphabet is refused", () => {
  for (const malformed of ["", "AAAA", "+".repeat(43), "A".repeat(44)]) {
    assert.equal(
      codeOf(() => seal(malformed, "calvin", "pc1")),
      "key-malformed",
    );
    assert.equal(
      codeOf(() => createSealOpener(malformed)(seal(key.publicKey, "calvin", "pc1"), "pc1")),
      "key-malformed",
    );
  }
});
