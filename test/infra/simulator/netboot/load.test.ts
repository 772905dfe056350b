import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { databaseServer } from "../../../support/database.ts";
import { busOfFile, loadId } from "../../../agents/boot/boot-site.ts";
import { type LoadingSiteOptions, openLoadingSite, plannedOf } from "../support/loading-site.ts";

const databases = databaseServer();
const file = busOfFile();
let block = 0;
const open = (t: TestContext, options: Partial<LoadingSiteOptions> = {}) =>
  openLoadingSite(t, { databases, bus: file.bus, block: ++block, ...options });

const sha256Of = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const untilIsUp = ["PXEBOOTING", "BOOTING", "ISUP"];
const untilLoaded = ["PXEBOOTING", "BOOTING", "RELOADSETUP", "RELOADING", "RELOADDONE"];
const pc1 = (states: readonly string[]) => states.map((state) => `pc1 ${state}`);

test("a machine for which nothing is selected boots its disk, as the boot agent told it", async (t) => {
  const { control, comes, reports } = await open(t);
  await control("power-on");
  await comes("report", 1);
  assert.deepEqual(await reports(), pc1(untilIsUp));
  assert.equal((await comes("script", 1)).boot, "disk");
});

test("a machine loads what is planned for it byte for byte, says so, and boots it", async (t) => {
  const { control, comes, reports, published, select, plan, raw, disk } = await open(t);
  await select("pc1", "loader", plan);
  await control("power-on");
  await comes("up", 1);
  await comes("report", 4);
  assert.ok(disk().equals(raw));
  assert.deepEqual(await reports(), pc1([...untilLoaded, ...untilIsUp]));
  const done = (await published()).find(({ state }) => state === "RELOADDONE");
  assert.deepEqual([done?.reportedBy, done?.loadId], ["token", loadId]);
  assert.deepEqual(done?.loaded, [{ image: "base", sha256: sha256Of(raw) }]);
  assert.equal((await comes("load", 2)).step, "done");
});

test("an image of a partition is written to where the image of the disk has it", async (t) => {
  const { control, comes, select, plan, raw, disk, images } = await open(t);
  const home = await images.captured({ image: "home", partition: 1 });
  const planned = plannedOf(home.manifest, home.record.manifestSha256);
  await select("pc1", "loader", { ...plan, images: [...plan.images, planned] });
  await control("power-on");
  await comes("up", 1);
  // The raw disk has its one partition at sector 63.
  assert.ok(
    disk()
      .subarray(63 * 512)
      .equals(raw),
  );
});

test("a chunk that was changed on the way is not written, and the load fails by its name", async (t) => {
  const { control, comes, select, plan, database } = await open(t, { faults: ["corrupts-image"] });
  await select("pc1", "loader", plan);
  await control("power-on");
  assert.equal((await comes("load", 2)).failure, "hash-mismatch");
  await comes("report", 3);
  const [report] = await database.owner`select state, failure from boot.state_reports order by id desc limit 1`;
  assert.deepEqual({ ...report }, { state: "TBFAILED", failure: "hash-mismatch" });
  const [log] = await database.owner<{ text: string }[]>`select text from boot.boot_logs where load_id = ${loadId}`;
  assert.match(log?.text ?? "", /hash-mismatch: the compressed chunk at raw offset 0/);
});

test("an image that another site signed is refused before a byte is written", async (t) => {
  const { control, comes, select, plan } = await open(t, { trusts: "another key" });
  await select("pc1", "loader", plan);
  await control("power-on");
  assert.equal((await comes("load", 2)).failure, "signature-mismatch");
});

test("a manifest that is not the plan's is refused", async (t) => {
  const { control, comes, select, plan } = await open(t);
  await select("pc1", "loader", { ...plan, images: [{ ...plan.images[0]!, manifestSha256: "0".repeat(64) }] });
  await control("power-on");
  assert.equal((await comes("load", 2)).failure, "hash-mismatch");
});

test("a disk that is too small is told before anything is written", async (t) => {
  const { control, comes, select, plan, reports, disk } = await open(t, { faults: ["short-disk"] });
  await select("pc1", "loader", plan);
  await control("power-on");
  assert.equal((await comes("load", 1)).failure, "short-disk");
  await comes("report", 2);
  assert.deepEqual(await reports(), pc1(["PXEBOOTING", "BOOTING", "RELOADSETUP", "TBFAILED"]));
  assert.throws(disk, { code: "ENOENT" });
});

test("falls-off-reload: the first time it boots its disk, the next time it loads", async (t) => {
  const { control, comes, select, plan, raw, disk } = await open(t, { faults: ["falls-off-reload"] });
  await select("pc1", "loader", plan);
  await control("power-on");
  await comes("up", 1);
  assert.throws(disk, { code: "ENOENT" });
  await control("power-cycle");
  await comes("up", 2);
  assert.ok(disk().equals(raw));
});

test("dies-mid-load: its power goes once; the half disk does not boot, and is written whole the next time", async (t) => {
  const { control, comes, select, plan, raw, disk, powerState, journaled } = await open(t, {
    faults: ["dies-mid-load"],
  });
  await select("pc1", "loader", plan);
  await control("power-on");
  await comes("down", 1);
  assert.equal(await powerState(), "off");
  assert.ok(!disk().equals(raw));
  await select("pc1", "disk");
  await control("power-on");
  await comes("script", 2);
  await select("pc1", "loader", plan);
  await control("power-cycle");
  await comes("up", 1);
  assert.ok(disk().equals(raw));
  assert.deepEqual(
    (await journaled("load")).map(({ step }) => step),
    ["began", "began", "done"],
  );
});

test("never-boots: it is told to load, and its kernel hangs", async (t) => {
  const { control, comes, select, plan, reports } = await open(t, { faults: ["never-boots"] });
  await select("pc1", "loader", plan);
  await control("power-on");
  await comes("boot", 1);
  assert.deepEqual(await reports(), pc1(["PXEBOOTING", "BOOTING"]));
});
