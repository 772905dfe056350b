import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratchFolder } from "../../../infra/embedded/support/scratch.ts";
import { databaseServer } from "../../../support/database.ts";
import { type Asked, busOfFile, loadId, openBootSite, pc1, pc2, stranger } from "../boot-site.ts";

const databases = databaseServer();
const file = busOfFile();
const open = (t: Parameters<typeof openBootSite>[0], options?: Parameters<typeof openBootSite>[2]) =>
  openBootSite(t, { databases, bus: file.bus }, options);

const [boot, laterBoot] = ["0b00-1111", "0b00-2222"];
const sha256 = "cd".repeat(32);

test("an OS's report is committed under the name that its address has, then published", async (t) => {
  const { ask, reports, published } = await open(t);
  assert.equal((await ask("/v1/state", { body: { state: "TBSETUP", bootId: boot } })).status, 204);
  const other = { state: "ISUP", bootId: boot, detail: "two\0words" };
  assert.equal((await ask("/v1/state", { body: other, from: pc2.address })).status, 204);
  assert.deepEqual(await reports(), ["pc1 TBSETUP", "pc2 ISUP"]);
  const [, { id, reportedAt, ...change } = { id: 0, reportedAt: "" }] = await published();
  assert.ok(id > 0 && Date.parse(reportedAt) > 0);
  assert.deepEqual(change, {
    v: 1,
    node: "pc2",
    state: "ISUP",
    reportedBy: "address",
    bootId: boot,
    detail: "twowords",
  });
});

const refused: readonly (readonly [string, number, string | object, Omit<Asked, "body">?])[] = [
  ["an address that belongs to no node", 403, { state: "ISUP", bootId: boot }, { from: stranger.address }],
  ["a state that does not exist", 400, { state: "HAPPY", bootId: boot }],
  ["a node's name, which is never believed", 400, { state: "ISUP", bootId: boot, node: "pc2" }],
  ["a boot id of another alphabet", 400, { state: "ISUP", bootId: "'; drop table x" }],
  ["an OS that names no boot", 400, { state: "ISUP" }],
  [
    "an OS that claims to have loaded something",
    400,
    { state: "ISUP", bootId: boot, loaded: [{ image: "x", sha256 }] },
  ],
  ["RELOADDONE without a token", 401, { state: "RELOADDONE", loaded: [{ image: "base", sha256 }] }],
  ["RELOADING without a token", 401, { state: "RELOADING", bootId: boot }],
  ["PXEWAIT, which is the boot agent's to say", 403, { state: "PXEWAIT", bootId: boot }],
  ["no state", 400, {}],
  ["a list", 400, []],
  ["broken JSON", 400, '{"state":', { headers: { "content-type": "application/json" } }],
  ["an empty body", 400, "", { headers: { "content-type": "application/json" } }],
  ["a huge body", 413, { state: "ISUP", detail: "x".repeat(20_000) }],
  ["another kind of content", 415, "state=ISUP", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
];
test("what is malformed, or is not the sender's to say, is refused and not committed", async (t) => {
  const { ask, reports } = await open(t);
  for (const [what, status, body, options] of refused) {
    assert.equal((await ask("/v1/state", { body, method: "POST", ...options })).status, status, what);
  }
  assert.deepEqual(await reports(), []);
});

test("what an older boot of the OS still says is refused once the node boots anew", async (t) => {
  const { ask, reports } = await open(t);
  const say = async (state: string, bootId: string) => (await ask("/v1/state", { body: { state, bootId } })).status;
  assert.equal(await say("ISUP", boot), 204);
  assert.equal(await say("SHUTDOWN", boot), 204);
  await ask(`/v1/boot?mac=${pc1.mac}`);
  assert.equal(await say("ISUP", boot), 401);
  assert.equal(await say("ISUP", laterBoot), 204);
  assert.equal(await say("TBFAILED", boot), 401);
  assert.equal(await say("SHUTDOWN", laterBoot), 204);
  assert.deepEqual(await reports(), [
    ...["pc1 ISUP", "pc1 SHUTDOWN", "pc1 PXEBOOTING", "pc1 BOOTING", "pc1 ISUP", "pc1 SHUTDOWN"],
  ]);
});

test("a node that never asks what to boot is held to its newest boot as well", async (t) => {
  const { ask } = await open(t);
  const say = async (bootId: string) => (await ask("/v1/state", { body: { state: "ISUP", bootId } })).status;
  assert.deepEqual([await say(boot), await say(laterBoot), await say(boot)], [204, 204, 401]);
});

test("a ramdisk's reports count with its token, and say of which load they are", async (t) => {
  const { ask, bootRamdisk, published } = await open(t);
  const token = await bootRamdisk();
  const loaded = [{ image: "base", sha256 }];
  const common = { v: 1, id: 0, node: "pc1", reportedBy: "token", loadId, reportedAt: "" };
  for (const body of [
    { state: "RELOADSETUP" },
    { state: "RELOADING", bootId: boot },
    { state: "RELOADDONE", loaded },
  ]) {
    assert.equal((await ask("/v1/state", { token, body })).status, 204);
  }
  const [, , ...changes] = await published();
  assert.deepEqual(
    changes.map((change) => ({ ...change, id: 0, reportedAt: "" })),
    [
      { ...common, state: "RELOADSETUP" },
      { ...common, state: "RELOADING", bootId: boot },
      { ...common, state: "RELOADDONE", loaded },
    ],
  );
});

test("a ramdisk's failure is stored with its reason", async (t) => {
  const { ask, bootRamdisk, database } = await open(t);
  const token = await bootRamdisk();
  const body = { state: "TBFAILED", failure: "short-disk", detail: "4 GB of 5" };
  assert.equal((await ask("/v1/state", { token, body })).status, 204);
  const [row] = await database.owner`
    select state, failure, detail, load_id from boot.state_reports order by id desc limit 1`;
  assert.deepEqual({ ...row }, { state: "TBFAILED", failure: "short-disk", detail: "4 GB of 5", load_id: loadId });
});

test("a token's word is taken for what a ramdisk may say alone", async (t) => {
  const { ask, bootRamdisk, reports } = await open(t);
  const token = await bootRamdisk();
  for (const [what, status, body] of [
    ["a state that is no ramdisk's", 403, { state: "ISUP", bootId: boot }],
    ["RELOADDONE without what was loaded", 400, { state: "RELOADDONE" }],
    ["RELOADDONE of another image than the plan's", 400, { state: "RELOADDONE", loaded: [{ image: "x", sha256 }] }],
  ] as const) {
    assert.equal((await ask("/v1/state", { token, body })).status, status, what);
  }
  assert.deepEqual(await reports(), ["pc1 PXEBOOTING", "pc1 BOOTING"]);
});

test("reports with the token of an older boot, and from another node's address, are refused", async (t) => {
  const { ask, bootRamdisk, reports } = await open(t);
  const older = await bootRamdisk();
  const newer = await bootRamdisk();
  const body = { state: "RELOADSETUP" };
  assert.equal((await ask("/v1/state", { token: older, body })).status, 401);
  assert.equal((await ask("/v1/state", { token: newer, body, from: pc2.address })).status, 403);
  assert.equal((await ask("/v1/state", { token: newer, body })).status, 204);
  assert.equal((await reports()).filter((report) => report.endsWith("RELOADSETUP")).length, 1);
});

test("while the database is away a node is told to try again", async (t) => {
  const databaseUrlFile = join(scratchFolder(t), "database.url");
  writeFileSync(databaseUrlFile, "postgres://nobody:nothing@127.0.0.1:1/none");
  const { ask } = await open(t, { section: { databaseUrlFile } });
  assert.equal((await ask("/v1/state", { body: { state: "ISUP", bootId: boot } })).status, 503);
});

test("a node is known by its IPv4 address on a port that listens on IPv6 too", async (t) => {
  const { ask, reports } = await open(t, { section: { host: "::" } });
  assert.equal((await ask("/v1/state", { body: { state: "ISUP", bootId: boot } })).status, 204);
  assert.deepEqual(await reports(), ["pc1 ISUP"]);
});
