import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import asyncApi from "@asyncapi/specs";
import { Ajv } from "ajv";
import { nkeys } from "@nats-io/transport-node";
import { filledIn } from "../../bus/publication/guide-tables.ts";
import {
  publicationPlan,
  publishedFiles,
  publishedFolder,
  readPublished,
} from "../../bus/publication/published-files.ts";
import type { SigningVectors } from "../../bus/publication/signing-vectors.ts";
import { isSignedBy } from "../../bus/identity.ts";
import { InboxMessage, hasShape, queryNames, reasonTable, reasons, verbs } from "../../contracts/index.ts";
import { ledgerAnswer, resultEvent, resultOf } from "../support/fake-agent.ts";

const published = await readPublished();
const op = "0123456789abcdef0123456789abcdef";
const at = "2025-01-01T00:00:00.000Z";

/** A published JSON Schema, as somebody else would read it: text alone. */
function publishedSchema(path: string): object {
  return JSON.parse(published.get(path) ?? "null") as object;
}

test("docs/contracts is what the contracts make of it; else run: npm run contracts", async () => {
  assert.deepEqual(publicationPlan(await publishedFiles(), published), { write: [], remove: [] });
});

test("a file that is stale, missing or superfluous is found", async () => {
  const wanted = new Map([
    ["same.json", "1"],
    ["stale.json", "2"],
    ["missing.json", "3"],
  ]);
  const present = new Map([
    ["same.json", "1"],
    ["stale.json", "1"],
    ["superfluous.json", "4"],
  ]);
  assert.deepEqual(publicationPlan(wanted, present), {
    write: ["stale.json", "missing.json"],
    remove: ["superfluous.json"],
  });
});

test("the same contracts give the same bytes", async () => {
  assert.deepEqual(await publishedFiles(), await publishedFiles());
});

test("the AsyncAPI document is valid, and every schema that it names is there", () => {
  const document = publishedSchema("asyncapi.json");
  // The document's schema holds JSON Schema's own, so that Ajv must not bring its copy.
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, meta: false, validateSchema: false });
  const validate = ajv.compile(asyncApi.schemasWithoutId["3.0.0"] as object);
  validate(document);
  assert.deepEqual(validate.errors, null);
  assert.equal(validate({ ...document, channels: [] }), false, "the check can fail");
  const named = [...JSON.stringify(document).matchAll(/"\.\/([^"]+)"/g)].map(([, path]) => path ?? "");
  assert.ok(named.length > verbs.length);
  for (const path of named) assert.ok(published.has(path), path);
});

test("every verb, query and inbox message has its schema, and every reason its row", () => {
  const kinds = InboxMessage.anyOf.map((message) => message.properties.kind.const);
  const paths = [
    ...verbs.map((verb) => `commands/${verb}.json`),
    ...queryNames.flatMap((name) => [`queries/${name}.query.json`, `queries/${name}.answer.json`]),
    ...kinds.map((kind) => `inbox/${kind}.json`),
  ];
  for (const path of paths) assert.ok(published.has(path), path);
  const rows = published.get("reasons.md") ?? "";
  for (const reason of reasons) {
    const { scope, retryable, advice } = reasonTable[reason];
    assert.ok(rows.includes(`| \`${reason}\` | ${scope} | ${retryable ? "yes" : "no"} | ${advice} |`), reason);
  }
});

test("a published schema takes and refuses what the contracts do", () => {
  const reboot = { v: 1, op, expiresAt: at, args: { nodelist: ["pc1"] } };
  const table: readonly (readonly [path: string, good: object, bad: object])[] = [
    ["commands/reboot.json", reboot, { ...reboot, args: { nodelist: ["pc1;ls"] } }],
    ["commands/reboot.json", reboot, { ...reboot, args: { nodelist: [] } }],
    ["commands/reboot.json", reboot, { ...reboot, priority: 1 }],
    ["commands/power.json", { ...reboot, args: { action: "status", nodelist: ["pc1"] } }, reboot],
    ["commands/cancel-reboot.json", { ...reboot, args: { target: op } }, reboot],
    ["queries/operation.query.json", { ...reboot, args: { op } }, { ...reboot, args: { op: "*" } }],
    ["queries/operation.answer.json", ledgerAnswer(op, 1, { pc1: resultOf("failed") }), { results: {} }],
    ["inbox/events.json", { v: 1, op, kind: "events", events: [resultEvent("pc1")] }, { v: 1, op, kind: "events" }],
    ["inbox/finished.json", { v: 1, op, kind: "finished", code: 300, finishedAt: at }, { v: 1, op, kind: "answer" }],
    ["node-result.json", resultOf("succeeded"), { ...resultOf("succeeded"), reason: "luck" }],
    ["state-report.json", { state: "ISUP" }, { state: "UP" }],
  ];
  for (const [path, good, bad] of table) {
    const schema = publishedSchema(path);
    assert.ok(hasShape(schema, good), `${path} takes ${JSON.stringify(good)}`);
    assert.ok(!hasShape(schema, bad), `${path} refuses ${JSON.stringify(bad)}`);
  }
});

const vectors = JSON.parse(published.get("signing.json") ?? "null") as SigningVectors;

test("the good signing vectors are good, by three implementations", () => {
  const theirs = nkeys.fromSeed(Buffer.from(vectors.seed));
  assert.equal(theirs.getPublicKey(), vectors.publicKey);
  assert.ok(vectors.good.length > 0);
  for (const { name, publicKey, subject, payload, signedBytes, signature } of vectors.good) {
    const bytes = Buffer.from(`rv1\n${subject}\n${payload}`, "utf8");
    assert.equal(signedBytes, bytes.toString("hex"), name);
    assert.equal(signature, Buffer.from(theirs.sign(bytes)).toString("base64url"), name);
    assert.ok(verify(null, bytes, ed25519KeyOf(publicKey), Buffer.from(signature, "base64url")), name);
    assert.ok(isSignedBy(publicKey, subject, Buffer.from(payload), signature), name);
  }
});

test("the bad signing vectors fail, each", () => {
  assert.ok(vectors.bad.length > 0);
  for (const { why, publicKey, subject, payload, signature } of vectors.bad) {
    assert.ok(!isSignedBy(publicKey, subject, Buffer.from(payload), signature), why);
  }
  assert.equal(new Set(vectors.bad.map(({ why }) => why)).size, vectors.bad.length);
});

test("every link of the guide leads to a file", () => {
  const prose = (published.get("README.md") ?? "").replaceAll(/`[^`]*`/g, "");
  const links = [...prose.matchAll(/\]\((?!https?:)([^)#]+)\)/g)];
  assert.ok(links.length > 10);
  for (const [, link = ""] of links)
    assert.ok(existsSync(join(dirname(join(publishedFolder, "README.md")), link)), link);
});

test("a guide that lacks a table's place, or has one for no table, is refused", () => {
  const guide = published.get("README.md") ?? "";
  assert.equal(filledIn(guide), guide);
  assert.throws(() => filledIn(guide.replace("<!-- /verbs -->", "")), /no place for the table 'verbs'/);
  assert.throws(() => filledIn(`${guide}\n<!-- luck -->\n<!-- /luck -->\n`), /'luck', which is no table/);
});

/** The key behind an nkey, decoded here anew: base32 of one prefix byte, 32 bytes of key and a checksum. */
function ed25519KeyOf(publicKey: string): ReturnType<typeof createPublicKey> {
  const digits = publicKey.split("").map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: bytes.subarray(1, 33).toString("base64url") },
    format: "jwk",
  });
}
