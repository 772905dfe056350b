import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { NodeEvent, NodeResult, Results } from "../../../contracts/index.ts";
import { databaseServer } from "../../support/database.ts";
import { type TestBus, startTestBus } from "../../support/test-bus.ts";
import { type AskedReboot, type ReloadSite, type ReloadSiteOptions, reloadSite } from "./reload-site.ts";

const databases = databaseServer();
let bus: TestBus;
before(async () => (bus = await startTestBus()));
after(() => bus[Symbol.asyncDispose]());

const siteOf = (t: Parameters<typeof reloadSite>[0], options: ReloadSiteOptions) =>
  reloadSite(t, { databases, bus }, options);

/** What a node says that goes all the way. */
async function load(site: ReloadSite, node: string, loadId: string, images: readonly string[] = ["base"]) {
  const reportedBy = "token" as const;
  await site.report(node, { state: "RELOADSETUP", reportedBy, loadId });
  await site.report(node, { state: "RELOADING", reportedBy, loadId });
  const loaded = images.map((image) => ({ image, sha256: site.digestOf(image) }));
  await site.report(node, { state: "RELOADDONE", reportedBy, loadId, loaded });
}

const inWords = ({ outcome, reason, via, attempts }: NodeResult) => `${outcome} ${reason} ${via ?? "-"} ${attempts}`;
const outcomesOf = (results: Results) =>
  Object.fromEntries(Object.entries(results).map(([node, result]) => [node, inWords(result)]));

test("a node is armed, rebooted by a child operation, loaded, and then boots from its disk", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const { loadId, plan } = await site.selectionOf("pc1", "loader");
  assert.deepEqual(
    plan!.images.map(({ image, transport }) => [image, transport!.kind]),
    [["base", "http"]],
  );
  assert.equal(plan!.prepare, true, "the default image wipes what was there");
  await load(site, "pc1", loadId);
  const { code, results } = await operation.wait();
  assert.equal(code, 0);
  assert.deepEqual(outcomesOf(results), { pc1: "succeeded image-loaded ssh 1" });
  const [reboot] = site.reboots;
  assert.deepEqual([reboot!.parentOp, reboot!.powercycle, site.reboots.length], [operation.id, false, 1]);
  const { childOp, loaded } = results["pc1"]!.evidence!;
  assert.equal(childOp, reboot!.op);
  assert.deepEqual(loaded, [{ image: "base", sha256: site.digestOf("base") }]);
  await site.selectionOf("pc1", "disk");
  const [disk] = await site.database.owner`
    select images, partitions, default_image from reload.node_disks where node = 'pc1'`;
  assert.ok(disk);
  assert.deepEqual(disk["images"], [{ image: "base", sha256: site.digestOf("base") }]);
  assert.equal((disk["partitions"] as unknown[]).length, 1);
  assert.equal(disk["default_image"], "base");
});

test("nodes that are ready at once are rebooted by one command", async (t) => {
  const nodes = ["pc1", "pc2", "pc3", "pc4"];
  await using site = await siteOf(t, { nodes });
  const operation = await site.alice.reload({ nodelist: nodes, images: ["base", "home"] });
  for (const node of nodes) await load(site, node, (await site.selectionOf(node, "loader")).loadId, ["base", "home"]);
  assert.equal((await operation.wait()).code, 0);
  assert.deepEqual(
    site.reboots.flatMap((reboot) => reboot.nodes),
    nodes,
  );
  assert.ok(site.reboots.length < nodes.length, `${site.reboots.length} commands`);
});

test("a missing image fails each of its nodes at once, and not one reboot is asked for", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1", "pc2"] });
  const { code, results } = await (await site.alice.reload({ nodelist: ["pc1", "pc2"], imageid: "missing" })).wait();
  assert.equal(code, 2);
  const failed = "failed image-file-missing - 0";
  assert.deepEqual(outcomesOf(results), { pc1: failed, pc2: failed });
  assert.deepEqual(site.reboots, []);
  assert.deepEqual([...(await site.database.owner`select from reload.boot_selections`)], []);
});

test("a file that holds other bytes than were recorded, or none, is told before any node is touched", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1", "pc2"] });
  await writeFile(join(site.imageDir, "base.zst"), "");
  await writeFile(join(site.imageDir, "home.zst"), "not an image");
  const first = await (await site.alice.reload({ nodelist: ["pc1"], imageid: "base" })).wait();
  const second = await (await site.alice.reload({ nodelist: ["pc2"], images: ["missing", "home"] })).wait();
  const third = await (await site.alice.reload({ nodelist: ["pc2"], imageid: "home" })).wait();
  assert.deepEqual(
    [first, second, third].map(({ results }) => Object.values(results).map(({ reason }) => reason)),
    [["image-empty"], ["image-file-missing"], ["image-digest-mismatch"]],
  );
  assert.deepEqual(site.reboots, []);
});

test("a node that boots its disk instead is armed anew and power cycled, once", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  await site.report("pc1", { state: "ISUP", bootId: "aaaaaaaa" });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const first = await site.selectionOf("pc1", "loader");
  await site.report("pc1", { state: "ISUP", bootId: "aaaaaaaa" });
  await site.report("pc1", { state: "ISUP", bootId: "bbbbbbbb" });
  const second = await site.selectionOf("pc1", "loader", first.loadId);
  await load(site, "pc1", first.loadId);
  await load(site, "pc1", second.loadId);
  const { results } = await operation.wait();
  assert.deepEqual(outcomesOf(results), { pc1: "succeeded image-loaded ssh 2" });
  assert.deepEqual(
    site.reboots.map(({ powercycle }) => powercycle),
    [false, true],
  );
});

interface Failing {
  readonly title: string;
  readonly settings?: ReloadSiteOptions["settings"];
  readonly say: (site: ReloadSite, loadId: string) => Promise<void>;
  readonly ends: string;
}
const reportedBy = "token" as const;
const failures: readonly Failing[] = [
  {
    title: "a boot loader that gives up",
    say: (site) => site.report("pc1", { state: "PXEFAILED" }),
    ends: "failed pxe-failed - 2",
  },
  {
    title: "a ramdisk that never reports",
    settings: { reloadStartS: 1 },
    say: async () => undefined,
    ends: "failed reload-not-started - 2",
  },
  {
    title: "a load that stops moving",
    settings: { reloadStallS: 1 },
    say: (site, loadId) => site.report("pc1", { state: "RELOADING", reportedBy, loadId }),
    ends: "failed reload-stalled - 2",
  },
  {
    title: "a load that takes longer than its images allow",
    settings: { reloadBaseS: 1, reloadPerMiBS: 0 },
    say: (site, loadId) => site.report("pc1", { state: "RELOADING", reportedBy, loadId }),
    ends: "failed reload-timeout - 2",
  },
  {
    title: "a disk that is too small, which a retry cannot mend",
    say: (site, loadId) => site.report("pc1", { state: "TBFAILED", reportedBy, loadId, failure: "short-disk" }),
    ends: "failed short-disk - 1",
  },
  {
    title: "digests that are not the image's",
    say: (site, loadId) =>
      site.report("pc1", {
        ...{ state: "RELOADDONE", reportedBy, loadId },
        loaded: [{ image: "base", sha256: "0".repeat(64) }],
      }),
    ends: "failed hash-mismatch - 2",
  },
];
for (const { title, settings = {}, say, ends } of failures) {
  test(`${title} ends as ${ends}, and the node is left to boot from its disk`, async (t) => {
    await using site = await siteOf(t, { nodes: ["pc1"], settings });
    const operation = await site.alice.reload({ nodelist: ["pc1"] });
    const first = await site.selectionOf("pc1", "loader");
    await say(site, first.loadId);
    if (ends.endsWith("2")) {
      const second = await site.selectionOf("pc1", "loader", first.loadId);
      await say(site, second.loadId);
    }
    const { results } = await operation.wait();
    assert.deepEqual(outcomesOf(results), { pc1: ends });
    await site.selectionOf("pc1", "disk");
  });
}

test("a node's console is followed from the retry on, and its end told with the result", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const { loadId } = await site.selectionOf("pc1", "loader");
  assert.deepEqual(site.consoles, []);
  await site.report("pc1", { state: "PXEFAILED" });
  await site.selectionOf("pc1", "loader", loadId);
  await site.reboot(2);
  await site.database.owner`
    insert into reboot.consoles (node, op, text) values ('pc1', ${operation.id}, 'PXE-E61: media test failure')`;
  await site.report("pc1", { state: "PXEFAILED" });
  const { results } = await operation.wait();
  assert.equal(results["pc1"]!.evidence?.console, "PXE-E61: media test failure");
  assert.deepEqual(site.consoles, [{ parentOp: operation.id, nodes: ["pc1"] }]);
});

test("a failing result brings the end of the ramdisk's log", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const { loadId } = await site.selectionOf("pc1", "loader");
  await site.database
    .owner`insert into boot.boot_logs (node, load_id, text) values ('pc1', ${loadId}, 'sda: too small')`;
  await site.report("pc1", { state: "TBFAILED", reportedBy, loadId, failure: "short-disk", detail: "4 GB" });
  const { results } = await operation.wait();
  assert.equal(results["pc1"]!.evidence?.bootLog, "sda: too small");
  assert.equal(results["pc1"]!.detail, "4 GB");
});

test("a reboot that fails for good ends its node alone", async (t) => {
  const onReboot = (reboot: AskedReboot) => {
    reboot.accept();
    for (const node of reboot.nodes) {
      const denied = { status: 1, outcome: "failed", reason: "bmc-password-invalid", detail: "no" } as const;
      reboot.end(node, node === "pc1" ? denied : {});
    }
  };
  await using site = await siteOf(t, { nodes: ["pc1", "pc2"], onReboot });
  const operation = await site.alice.reload({ nodelist: ["pc1", "pc2"] });
  await load(site, "pc2", (await site.selectionOf("pc2", "loader")).loadId);
  const { code, results } = await operation.wait();
  assert.equal(code, 1);
  assert.deepEqual([results["pc1"]!.reason, results["pc1"]!.phase], ["bmc-password-invalid", "reboot"]);
  assert.equal(results["pc2"]!.reason, "image-loaded");
});

test("with booted, the node must come up from what was loaded", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"], waitmode: "booted" });
  await load(site, "pc1", (await site.selectionOf("pc1", "loader")).loadId);
  await site.selectionOf("pc1", "disk");
  await site.report("pc1", { state: "ISUP", bootId: "cccccccc" });
  const { results } = await operation.wait();
  assert.deepEqual(outcomesOf(results), { pc1: "succeeded isup ssh 1" });
  assert.deepEqual([results["pc1"]!.evidence?.bootId, results["pc1"]!.evidence?.reportedBy], ["cccccccc", "address"]);
});

test("with none and with noreboot the operation ends early, and the load is recorded all the same", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1", "pc2"] });
  const begun = await (await site.alice.reload({ nodelist: ["pc1"], waitmode: "none" })).wait();
  const armed = await (await site.alice.reload({ nodelist: ["pc2"], noreboot: true })).wait();
  assert.deepEqual(outcomesOf({ ...begun.results, ...armed.results }), {
    pc1: "succeeded load-begun ssh 1",
    pc2: "succeeded load-armed - 1",
  });
  assert.deepEqual(
    site.reboots.flatMap(({ nodes }) => nodes),
    ["pc1"],
  );
  for (const node of ["pc1", "pc2"]) {
    await load(site, node, (await site.selectionOf(node, "loader")).loadId);
    await site.selectionOf(node, "disk");
  }
  const disks = await site.database.owner<{ images: { image: string }[] }[]>`select images from reload.node_disks`;
  assert.deepEqual(
    disks.map(({ images }) => images[0]?.image),
    ["base", "base"],
  );
});

test("a cancel passes down to the reboot, and a node that was not restarted is left as it was", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"], onReboot: (reboot) => reboot.accept() });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const reboot = await site.reboot(1);
  await operation.cancel();
  while (site.cancels.length === 0) await pause(20);
  assert.deepEqual(site.cancels, [reboot.op]);
  reboot.end("pc1", { status: 1, outcome: "cancelled", reason: "cancelled-by-user", attempts: 0 });
  const { results } = await operation.wait();
  assert.equal(results["pc1"]!.outcome, "cancelled");
  await site.selectionOf("pc1", "disk");
});

test("a reboot has its type's time, a retried one anew; where that is up, the node is left as it was", async (t) => {
  const settings = { restartS: 1_000 };
  await using site = await siteOf(t, { nodes: ["pc1"], settings, onReboot: (reboot) => reboot.accept() });
  const askedAtMs = Date.now();
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const overdue = { status: 1, outcome: "expired", reason: "deadline-exceeded", attempts: 0 } as const;
  const deadlines: number[] = [];
  for (const n of [1, 2]) {
    const reboot = await site.reboot(n);
    deadlines.push(Date.parse(reboot.deadlineAt!));
    reboot.end("pc1", overdue);
  }
  assert.ok(deadlines[0]! >= askedAtMs + 1_000_000 && deadlines[0]! <= Date.now() + 1_000_000);
  assert.ok(deadlines[1]! > deadlines[0]!);
  const { results } = await operation.wait();
  assert.deepEqual(outcomesOf(results), { pc1: "failed deadline-exceeded - 2" });
  assert.deepEqual(site.cancels, []);
  await site.selectionOf("pc1", "disk");
});

test("a reload that is overdue is ended by its own deadline, which its reboot has from the beginning", async (t) => {
  const deadlineAt = new Date(Date.now() + 3_000);
  const overdue = { status: 1, outcome: "expired", reason: "deadline-exceeded", attempts: 0 } as const;
  await using site = await siteOf(t, {
    nodes: ["pc1"],
    // As the reboot agent does that keeps to it, of a second one, too.
    onReboot: async (reboot) => {
      reboot.accept();
      await pause(deadlineAt.getTime() - Date.now());
      reboot.end("pc1", overdue);
    },
  });
  const operation = await site.alice.reload({ nodelist: ["pc1"] }, { deadlineAt });
  const [row] = await site.database.owner`select deadline_at from reload.operations`;
  assert.deepEqual(row?.["deadline_at"], deadlineAt);
  const { results } = await operation.wait();
  assert.equal(results["pc1"]!.reason, "deadline-exceeded");
  assert.deepEqual(site.cancels, [], "the reboot has a deadline of its own");
});

test("a disk that is being written is written to its end, cancelled or not", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const events = operation[Symbol.asyncIterator]();
  const { loadId } = await site.selectionOf("pc1", "loader");
  await site.report("pc1", { state: "RELOADING", reportedBy, loadId });
  for (let step = ""; step !== "await-load";) {
    const event = (await events.next()).value as NodeEvent;
    step = event.kind === "step" ? event.step : "";
  }
  await operation.cancel();
  await load(site, "pc1", loadId);
  const { results } = await operation.wait();
  assert.equal(results["pc1"]!.reason, "image-loaded");
});

test("progress is told as it comes, with its rate", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const events = operation[Symbol.asyncIterator]();
  const { loadId } = await site.selectionOf("pc1", "loader");
  await site.report("pc1", { state: "RELOADING", reportedBy, loadId });
  const next = async (kind: NodeEvent["kind"], step?: string): Promise<NodeEvent> => {
    for (;;) {
      const event = (await events.next()).value as NodeEvent;
      if (event.kind === kind && (event.kind !== "step" || event.step === step)) return event;
    }
  };
  await next("step", "await-load");
  const common = { image: "base", bytesTotal: 1_048_576, transport: "http" } as const;
  await site.progress("pc1", { ...common, loadId, bytesWritten: 4_096 });
  const first = await next("progress");
  assert.ok(first.kind === "progress" && first.bytesWritten === 4_096);
  await site.progress("pc1", { ...common, loadId, bytesWritten: 1_048_576 });
  const last = await next("progress");
  assert.ok(last.kind === "progress" && (last.bytesPerS ?? 0) > 0);
  await load(site, "pc1", loadId);
  assert.equal((await operation.wait()).code, 0);
});

test("a replica that takes a node over finds its reboot, and the node is not rebooted again", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"], onReboot: (reboot) => reboot.accept() });
  const operation = await site.alice.reload({ nodelist: ["pc1"] });
  const { loadId } = await site.selectionOf("pc1", "loader");
  const reboot = await site.reboot(1);
  // Dead as far as the ledger can tell: its lease is another's by now.
  await site.database.owner`
    update reload.node_runs set fence = fence + 1, lease_owner = 'dead', lease_until = now() - interval '1 s'`;
  await site.startReplica();
  reboot.end("pc1");
  await load(site, "pc1", loadId);
  const { results } = await operation.wait();
  assert.deepEqual(outcomesOf(results), { pc1: "succeeded image-loaded ssh 1" });
  assert.equal(site.reboots.length, 1);
});

test("another person's operation on a node makes it busy, and names the holder", async (t) => {
  await using site = await siteOf(t, { nodes: ["pc1"] });
  const first = await site.alice.reload({ nodelist: ["pc1"] });
  const { results } = await (await site.alice.reload({ nodelist: ["pc1"] })).wait();
  assert.deepEqual([results["pc1"]!.outcome, results["pc1"]!.evidence?.holder], ["busy", first.id]);
  await load(site, "pc1", (await site.selectionOf("pc1", "loader")).loadId);
  assert.equal((await first.wait()).code, 0);
});
