import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ExperimentName,
  NodeName,
  NodeNameInput,
  OpId,
  PublicKey,
  SiteName,
  UserName,
  hasShape,
} from "../../contracts/index.ts";
import { Instant } from "../../contracts/names.ts";
import { createIdentity } from "../../infra/embedded/index.ts";

const hostile = [
  "",
  " ",
  "-a",
  "a-",
  "a.b",
  "*",
  ">",
  "a>",
  "a b",
  "a\n",
  "a\tb",
  "a\0",
  "a_b",
  "a/b",
  "../a",
  "a;reboot",
  "$(reboot)",
  "`reboot`",
  "a|b",
  "a'or'1'='1",
  'a"',
  "a%00",
  "ä",
  "а", // Cyrillic
  "a".repeat(64),
];

for (const [name, schema] of Object.entries({ NodeName, NodeNameInput, UserName, SiteName })) {
  test(`a ${name} is a DNS label and nothing that a shell, SQL or NATS would take for more`, () => {
    for (const good of ["a", "0", "pc1", "a-b", "a--b", "a".repeat(63)]) assert.ok(hasShape(schema, good), good);
    for (const bad of [...hostile, 1, null, undefined, ["a"]]) assert.ok(!hasShape(schema, bad), JSON.stringify(bad));
  });
}

test("people may write a node's name in capitals, but it is not kept so", () => {
  assert.ok(hasShape(NodeNameInput, "PC1"));
  assert.ok(!hasShape(NodeName, "PC1"));
});

test("an experiment is a project and a name, each a label", () => {
  assert.ok(hasShape(ExperimentName, "testbed/exp-1"));
  for (const bad of ["testbed", "/exp", "testbed/", "a/b/c", "a/../b", "a /b"])
    assert.ok(!hasShape(ExperimentName, bad));
});

test("an operation's id is 32 lower-case hexadecimal digits", () => {
  assert.ok(hasShape(OpId, "0123456789abcdef0123456789abcdef"));
  for (const bad of ["", "0".repeat(31), "0".repeat(33), "A".repeat(32), "g".repeat(32), `${"0".repeat(32)}\n`]) {
    assert.ok(!hasShape(OpId, bad), JSON.stringify(bad));
  }
});

test("an instant is what toISOString writes", () => {
  assert.ok(hasShape(Instant, new Date().toISOString()));
  for (const bad of ["2025-01-01", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00.000+01:00", "now", 0]) {
    assert.ok(!hasShape(Instant, bad), JSON.stringify(bad));
  }
});

test("a public key is a user's, not an account's or a seed", () => {
  const { publicKey, seed } = createIdentity();
  assert.ok(hasShape(PublicKey, publicKey));
  for (const bad of [`A${publicKey.slice(1)}`, seed, publicKey.toLowerCase(), publicKey.slice(1)]) {
    assert.ok(!hasShape(PublicKey, bad));
  }
});
