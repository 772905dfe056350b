import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type RefusalReason, adviceOf } from "../../contracts/index.ts";
import { newOpId } from "../../bus/index.ts";
import { documentOf, siteWith } from "../support/site.ts";

const many = Array.from({ length: 17 }, (_, index) => `many${index + 1}`);
const site = siteWith({
  nodes: ["pc1", "pc2", "pc3", "free1", ...many].map((name) => ({ name })),
  images: [{ name: "missing", missing: true }],
  experiments: [
    { name: "demo/lab", nodes: ["pc1", "pc2"], os: "missing" },
    { name: "demo/empty", nodes: [] },
    { name: "other/lab", nodes: ["pc3", ...many] },
  ],
  users: [
    { name: "alice", projects: ["demo"] },
    { name: "bob", projects: ["other"] },
  ],
});

interface Refused {
  readonly title: string;
  readonly user?: string;
  readonly args: readonly string[];
  readonly reason: RefusalReason;
}

const nobodysOp = newOpId();
const refusals: readonly Refused[] = [
  { title: "no node named", args: ["reboot"], reason: "nodelist-empty" },
  { title: "a node set that leaves nothing", args: ["reboot", "pc1", "!pc1"], reason: "nodelist-empty" },
  { title: "an unknown node among known ones", args: ["reboot", "pc[1-2]", "nowhere"], reason: "node-unknown" },
  { title: "an unknown experiment", args: ["reboot", "-e", "demo/none"], reason: "experiment-unknown" },
  { title: "an experiment without nodes", args: ["reboot", "-e", "demo/empty"], reason: "experiment-empty" },
  {
    title: "nodes and an experiment at once",
    args: ["reboot", "pc1", "-e", "demo/lab"],
    reason: "malformed-arguments",
  },
  { title: "a name with a shell's characters", args: ["reboot", "pc1;halt"], reason: "malformed-arguments" },
  { title: "a wait of no time", args: ["reboot", "pc1", "--wait-time", "0"], reason: "malformed-arguments" },
  { title: "a power action that there is not", args: ["power", "fly", "pc1"], reason: "malformed-arguments" },
  { title: "a flag that there is not", args: ["reboot", "pc1", "--quickly"], reason: "malformed-arguments" },
  { title: "an id that is none", args: ["reboot", "pc1", "--id", "mine"], reason: "malformed-arguments" },
  { title: "a large wave that nobody confirms", args: ["reboot", "many[1-17]"], reason: "malformed-arguments" },
  { title: "another project's node", user: "bob", args: ["reboot", "pc1"], reason: "permission-denied" },
  {
    title: "one foreign node among one's own",
    user: "alice",
    args: ["reboot", "pc[1-3]"],
    reason: "permission-denied",
  },
  { title: "another's experiment", user: "bob", args: ["reboot", "-e", "demo/lab"], reason: "permission-denied" },
  { title: "a free node to a user", user: "alice", args: ["power", "off", "free1"], reason: "permission-denied" },
  { title: "all free nodes to a user", user: "alice", args: ["reboot", "--free"], reason: "permission-denied" },
  { title: "an operation that there is not", args: ["wait", nobodysOp], reason: "operation-unknown" },
];

describe("a command that is refused as a whole", () => {
  for (const { title, user = "admin", args, reason } of refusals) {
    test(`${title} is ${reason}, with what to do, and touches nothing`, async () => {
      const before = await deeds();
      const end = await site.runHere([...args, "--json"], { user });
      assertRefused(end, reason);
      assert.deepEqual(await deeds(), before);
    });
  }

  test("a process that is refused exits 255", async () => {
    const end = await site.run(["reboot", "nowhere", "--json"]);
    assertRefused(end, "node-unknown");
  });

  test("an id that is another command's is op-id-reused", async () => {
    const op = newOpId();
    assert.equal((await site.runHere(["power", "status", "pc1", "--id", op])).status, 0);
    const before = await deeds();
    assertRefused(await site.runHere(["power", "off", "pc1", "--id", op, "--json"]), "op-id-reused");
    assertRefused(
      await site.runHere(["power", "status", "pc1", "--id", op, "--json"], { user: "alice" }),
      "op-id-reused",
    );
    assert.deepEqual(await deeds(), before);
  });

  test("a command out of its time is refused, and told the server's", async () => {
    await using reveille = await site.connectAs();
    const before = await deeds();
    const late = await reveille.reboot({ nodelist: ["pc1"] }, { expiresAt: new Date(Date.now() - 1_000) });
    const early = await reveille.reboot({ nodelist: ["pc1"] }, { expiresAt: new Date(Date.now() + 12 * 60_000) });
    assert.equal(late.refusal?.reason, "command-expired");
    assert.equal(early.refusal?.reason, "expiry-too-late");
    for (const { detail = "" } of [late.refusal, early.refusal]) assert.match(detail, /here it is \d{4}-/u);
    assert.deepEqual([(await late.wait()).code, (await early.wait()).code], [-1, -1]);
    assert.deepEqual(await deeds(), before);
  });

  test("a site that cannot be reached is told as such", async () => {
    const end = await site.run(["reboot", "pc1", "--json"], { contextFile: "/nowhere/context.json" });
    assertRefused(end, "bus-unreachable");
  });
});

test("a dry run says that an image's file is missing, of a reload and of a setup", async () => {
  const before = await deeds();
  for (const line of [
    ["reload", "-e", "demo/lab", "-i", "missing"],
    ["setup", "demo/lab"],
  ]) {
    const { status, stdout } = await site.runHere([...line, "--dry-run"]);
    assert.equal(status, 0);
    assert.match(stdout, /^would end failed \(image-file-missing, .*\): pc\[1,2\]$/mu);
    assert.match(stdout, /^the slowest takes about \d+ s$/mu);
  }
  assert.deepEqual(await deeds(), before);
});

describe("rights", () => {
  test("a user acts on the project's nodes, by name and by experiment, and sees every node's power", async () => {
    const [named, experiment, status] = await Promise.all([
      site.runHere(["reboot", "pc1", "--power-cycle", "--json"], { user: "alice" }),
      site.runHere(["reboot", "-e", "other/lab", "--power-cycle", "--yes", "--json"], { user: "bob" }),
      site.runHere(["power", "status", "pc2", "free1", "--json"], { user: "bob" }),
    ]);
    assert.deepEqual([named.status, experiment.status, status.status], [0, 0, 0]);
    assert.deepEqual(Object.keys(documentOf(experiment).results), [...many, "pc3"]);
    assert.equal(documentOf(named).user, "alice");
  });

  test("an admin names all free nodes", async () => {
    const end = await site.runHere(["reboot", "--free", "--power-cycle", "--json"]);
    assert.deepEqual(Object.keys(documentOf(end).results), ["free1"]);
    assert.deepEqual(await site.powerActions("free1"), ["off", "on"]);
  });

  test("a user who has just powered a node on is denied, an admin is not", async () => {
    const cycle = ["power", "cycle", "pc2", "--json"];
    assert.equal((await site.runHere(cycle, { user: "alice" })).status, 0);
    const again = await site.runHere(cycle, { user: "alice" });
    const { code, results } = documentOf(again);
    const { outcome, reason, status, evidence } = results["pc2"]!;
    assert.deepEqual(
      { code, outcome, reason, status },
      { code: 1, outcome: "denied", reason: "power-cycled-recently", status: 1 },
    );
    assert.ok((evidence?.allowedInS ?? 0) >= 1);
    assert.equal(again.status, 1);
    assert.deepEqual(await site.powerActions("pc2"), ["off", "on"]);

    assert.equal((await site.runHere(cycle)).status, 0);
    assert.deepEqual(await site.powerActions("pc2"), ["off", "on", "off", "on"]);
  });

  test("another user's operation can be neither seen nor cancelled", async () => {
    const op = newOpId();
    assert.equal((await site.runHere(["power", "status", "pc1", "--id", op], { user: "alice" })).status, 0);
    assertRefused(await site.runHere(["wait", op, "--json"], { user: "bob" }), "operation-unknown");
    assertRefused(await site.runHere(["cancel", op, "--json"], { user: "bob" }), "operation-unknown");
    assert.equal((await site.runHere(["wait", op, "--json"])).status, 0, "an admin sees it");
  });
});

test("without its database the site refuses at once, and touches nothing", async () => {
  await using reveille = await site.connectAs();
  const before = await deeds();
  assert.equal((await reveille.power({ nodelist: ["pc1"], action: "status" })).refusal, undefined);
  await site.services.postgres.stop();
  const refused = await reveille.reboot({ nodelist: ["pc1"] });
  assert.equal(refused.refusal?.reason, "database-unreachable");
  assert.equal((await refused.wait()).code, -1);
  assert.deepEqual(await deeds(), before);
});

function assertRefused(
  end: { readonly status: number | null; readonly stdout: string; readonly stderr: string },
  reason: RefusalReason,
) {
  const document = documentOf(end);
  assert.deepEqual(
    { status: end.status, code: document.code, reason: document.reason, results: document.results },
    { status: 255, code: -1, reason, results: {} },
    end.stderr,
  );
  assert.ok((document.detail ?? "").length > 5, "a detail says what is wrong");
  assert.ok(end.stderr.includes(adviceOf(reason)), end.stderr);
}

/** Everything that was done to any machine. */
async function deeds(): Promise<unknown> {
  const all = await Promise.all(site.fleet.nodes.map(({ name }) => site.fleet.journal(name)));
  return all.map((journal) => journal.filter(({ kind }) => kind === "power" || kind === "ssh"));
}
