import assert from "node:assert/strict";
import { test } from "node:test";
import { IdentitiesRefusedError, createIdentity } from "../../../../infra/embedded/index.ts";
import { checkIdentities } from "../../../../infra/embedded/nats/nats-identity.ts";
import type { NatsIdentity } from "../../../../infra/embedded/nats/nats-identity.ts";

const alice = person("alice", ["rv.local.cmd.*.alice"], ["rv.local.inbox.alice.>"]);

function person(name: string, publish: string[], subscribe: string[]): NatsIdentity {
  return { name, publicKey: createIdentity().publicKey, permissions: { publish, subscribe } };
}

test("a set of different people with well-formed subjects is taken", () => {
  checkIdentities([alice, person("reboot", ["a.*.b"], ["rv.local.cmd.reboot.* reboot", ">"]), person("idle", [], [])]);
});

const refused: Record<string, readonly NatsIdentity[]> = {
  "the same name twice": [alice, { ...person("x", [], []), name: "alice" }],
  "the same key twice": [alice, { ...alice, name: "bob" }],
  "a key that is none": [{ ...alice, publicKey: "U123" }],
  "a name that would break out of its comment": [{ ...alice, name: "alice\n}" }],
  "an empty subject": [person("bob", [""], [])],
  "an empty token": [person("bob", ["a..b"], [])],
  "a full wildcard before the end": [person("bob", ["a.>.b"], [])],
  "half a wildcard": [person("bob", [], ["a.b*"])],
  "a quote in a subject": [person("bob", ['a"],subscribe:[">'], [])],
  "a line break in a subject": [person("bob", [], ["a\nb"])],
  "a queue group where one publishes": [person("bob", ["a b"], [])],
  "two queue groups": [person("bob", [], ["a b c"])],
};

for (const [what, identities] of Object.entries(refused)) {
  test(`${what} is refused`, () => {
    assert.throws(() => checkIdentities(identities), IdentitiesRefusedError);
  });
}
