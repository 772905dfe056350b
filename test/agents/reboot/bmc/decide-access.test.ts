import assert from "node:assert/strict";
import { test } from "node:test";
import { decideAccess, digestOf } from "../../../../agents/reboot/bmc/decide-access.ts";
import type { BmcFacts } from "../../../../infra/db/index.ts";
import type { Insistence, IpmiPower } from "../../../../infra/power/index.ts";

const power: IpmiPower = { driver: "ipmi", address: "10.0.0.7", username: "admin" };
const sealedPassword = "v1.sealed";
const [triedAt, retryAt] = [new Date("2030-01-01T00:00:00.000Z"), new Date("2030-01-01T00:00:30.000Z")];
const refused = { digest: digestOf(power, sealedPassword), reason: "bmc-password-invalid", refusedAt: triedAt };

const well: BmcFacts = { sealedPassword, outage: null, refusal: null };
const held: BmcFacts = { ...well, outage: { triedAt, retryAt, isOver: false } };
const due: BmcFacts = { ...well, outage: { triedAt, retryAt, isOver: true } };
const locked: BmcFacts = { ...well, refusal: refused };
const changed: BmcFacts = { ...well, refusal: { ...refused, digest: "of the one before" } };

/** What each caller is told: by insistence, from none to all. */
const table: readonly (readonly [string, BmcFacts, readonly [none: string, unreachable: string, all: string]])[] = [
  ["that is well is asked", well, ["ask", "ask", "ask"]],
  ["that was just unreachable is asked by the insistent", held, ["bmc-unreachable", "ask", "ask"]],
  ["whose time has come is asked by the first", due, ["ask-if-first", "ask", "ask"]],
  ["that refused this credential is not asked", locked, ["bmc-password-invalid", "bmc-password-invalid", "ask"]],
  ["that refused another credential is asked", changed, ["ask", "ask", "ask"]],
  [
    "that refused this credential and was unreachable is not asked",
    { ...held, refusal: refused },
    ["bmc-password-invalid", "bmc-password-invalid", "ask"],
  ],
  [
    "without a password is not asked",
    { ...well, sealedPassword: null },
    ["bmc-credentials-missing", "bmc-credentials-missing", "bmc-credentials-missing"],
  ],
];
for (const [title, facts, expected] of table) {
  test(`a BMC ${title}`, () => {
    const told = (["none", "unreachable", "all"] as const).map((insistence: Insistence) => {
      const decision = decideAccess({ node: "pc1", power, insistence }, facts);
      return decision.kind === "no" ? decision.failure.reason : decision.kind;
    });
    assert.deepEqual(told, expected);
  });
}

test("a failure without asking says when the BMC was tried, and what to do", () => {
  const question = { node: "pc1", power, insistence: "none" } as const;
  const unreachable = decideAccess(question, held);
  assert.ok(unreachable.kind === "no");
  assert.deepEqual(unreachable.failure.notAsked, {
    triedAt: "2030-01-01T00:00:00.000Z",
    retryAt: "2030-01-01T00:00:30.000Z",
  });
  assert.match(unreachable.failure.detail, /10\.0\.0\.7:623 .* until 2030-01-01T00:00:30.*power status pc1$/);
  const refusal = decideAccess(question, locked);
  assert.ok(refusal.kind === "no");
  assert.deepEqual(refusal.failure.notAsked, { triedAt: "2030-01-01T00:00:00.000Z" });
  assert.match(refusal.failure.detail, /user 'admin'.*power status pc1 --force$/);
  assert.ok(!refusal.failure.detail.includes(sealedPassword));
});

test("a credential is another one when its address, user or sealed password is", () => {
  const others: readonly [IpmiPower, string][] = [
    [power, "v1.other"],
    [{ ...power, address: "10.0.0.8" }, sealedPassword],
    [{ ...power, port: 624 }, sealedPassword],
    [{ ...power, username: "root" }, sealedPassword],
  ];
  for (const [other, sealed] of others) assert.notEqual(digestOf(other, sealed), digestOf(power, sealedPassword));
  assert.equal(digestOf({ ...power, port: 623, cipherSuite: 3 }, sealedPassword), digestOf(power, sealedPassword));
});
