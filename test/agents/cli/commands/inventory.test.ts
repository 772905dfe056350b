import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { InventoryApplyArgs } from "../../../../contracts/index.ts";
import { createSealingKey, createSealOpener } from "../../../../infra/secrets/index.ts";
import { type Played, type Scene, runLine } from "../run-line.ts";

const answer = {
  isStaged: false,
  added: 2,
  changed: 1,
  removed: 0,
  differences: [
    { kind: "nodes", name: "pc1", change: "added", fields: [] },
    { kind: "nodes", name: "pc2", change: "added", fields: [] },
    { kind: "experiments", name: "demo/lab", change: "changed", fields: [{ field: "os", from: null, to: "base" }] },
  ],
} as const;
const agreeing: Scene = { control: { ok: true, answer } };

function sentBy({ asked }: Played): InventoryApplyArgs[] {
  return asked.filter(([kind]) => kind === "control").map(([, , args]) => args as InventoryApplyArgs);
}

describe("a change of the inventory", () => {
  test("is shown as the difference that it made", async () => {
    const { status, stdout } = await runLine(["project", "add", "demo"], agreeing);
    assert.equal(status, 0);
    assert.equal(stdout, "+ nodes pc[1,2]\n~ experiments demo/lab: os - → base\n2 added, 1 changed, 0 removed\n");
  });

  test("of several nodes is one change", async () => {
    const power = '{"driver":"none"}';
    const played = await runLine(
      ["node", "add", "PC[1-2]", "--type", "pc", "--address", "10.0.0.1", "--power", power, "--circuit", "none"],
      agreeing,
    );
    const args = sentBy(played).at(0);
    const fields = { type: "pc", address: "10.0.0.1", power: { driver: "none" }, circuit: null };
    assert.deepEqual(args?.changes.set?.nodes, [
      { name: "pc1", ...fields },
      { name: "pc2", ...fields },
    ]);
    assert.deepEqual(args.expects, { kind: "nodes", state: "new" });
  });

  test("with --dry-run asks for the difference alone, and says so", async () => {
    const played = await runLine(["experiment", "remove", "demo/lab", "--dry-run"], agreeing);
    assert.equal(sentBy(played)[0]?.dryRun, true);
    assert.deepEqual(sentBy(played)[0]?.changes.remove, { experiments: ["demo/lab"] });
    assert.match(played.stdout, /nothing was written/u);
  });

  test("that takes many nodes away is asked about first, and not made without a yes", async () => {
    const differences = Array.from({ length: 17 }, (_, index) => ({
      ...{ kind: "nodes", name: `pc${index}`, change: "changed" },
      fields: [{ field: "experiment", from: "demo/lab", to: null }],
    }));
    const control = { ok: true, answer: { ...answer, added: 0, changed: 17, differences } } as const;
    const line = ["experiment", "remove", "demo/lab"];
    const dryRunsOf = (played: Played) => sentBy(played).map(({ dryRun }) => dryRun ?? false);
    const unasked = await runLine(line, { control });
    assert.equal(unasked.status, 255);
    assert.match(unasked.stderr, /set free 17 nodes needs --yes/u);
    assert.deepEqual(dryRunsOf(unasked), [true]);
    assert.deepEqual(dryRunsOf(await runLine([...line, "--yes"], { control })), [false]);
    assert.deepEqual(dryRunsOf(await runLine(line, agreeing)), [true, false], "few are not asked about");
  });

  test("of an experiment reserves nodes in the same change", async () => {
    const played = await runLine(["experiment", "add", "demo/lab", "--os", "base", "--nodes", "pc[1,2]"], agreeing);
    assert.deepEqual(sentBy(played)[0]?.changes.set, {
      experiments: [{ name: "demo/lab", os: "base" }],
      nodes: [
        { name: "pc1", experiment: "demo/lab" },
        { name: "pc2", experiment: "demo/lab" },
      ],
    });
  });

  test("of a user takes the public half of a key file, and roles", async () => {
    const line = ["user", "add", "ann", "--key-file", "ann.nk", "--project", "demo=leader", "--project", "other"];
    const played = await runLine(line, agreeing);
    assert.deepEqual(sentBy(played)[0]?.changes.set?.users, [
      { name: "ann", publicKey: "public half of ann.nk", projects: { demo: "leader", other: "user" } },
    ]);
  });

  test("with a role that there is not is refused before anything is sent", async () => {
    const played = await runLine(["user", "set", "ann", "--project", "demo=boss"], agreeing);
    assert.equal(played.status, 255);
    assert.deepEqual(sentBy(played), []);
  });

  test("that the registry refuses is told with its reason", async () => {
    const control = { ok: false, reason: "inventory-invalid", detail: "node pc1 needs address" } as const;
    const { status, document } = await runLine(["node", "add", "pc1", "--json"], { control });
    assert.equal(status, 255);
    assert.deepEqual((document as { reason: string }).reason, "inventory-invalid");
  });
});

describe("a BMC password", () => {
  const { publicKey, privateKey } = createSealingKey();

  test("is sealed for each node before it leaves", async () => {
    const scene = { ...agreeing, sealingKey: publicKey, files: { secret: "s3cret\n" } };
    const played = await runLine(["node", "set", "pc[1,2]", "--password-file", "secret"], scene);
    const nodes = sentBy(played)[0]?.changes.set?.nodes ?? [];
    assert.deepEqual(
      nodes.map(({ name, sealedPassword = "" }) => createSealOpener(privateKey)(sealedPassword, name)),
      ["s3cret", "s3cret"],
    );
    assert.ok(!JSON.stringify(played.asked).includes("s3cret"));
  });

  test("comes with an import from lines of node and password", async () => {
    const files = { "site.yaml": "nodes: [{name: pc1, circuit: c1}]", secrets: "pc1 one\nPC2 two words\n" };
    const scene = { ...agreeing, sealingKey: publicKey, files };
    const played = await runLine(["inventory", "import", "site.yaml", "--bmc-passwords", "secrets"], scene);
    const nodes = sentBy(played)[0]?.changes.set?.nodes ?? [];
    assert.deepEqual(
      nodes.map(({ name, circuit, sealedPassword = "" }) => [
        name,
        circuit,
        createSealOpener(privateKey)(sealedPassword, name),
      ]),
      [
        ["pc1", "c1", "one"],
        ["pc2", undefined, "two words"],
      ],
    );
  });

  test("that is too long, or for which there is no key, is refused without being told", async () => {
    const long = { ...agreeing, sealingKey: publicKey, files: { secret: "x".repeat(21) } };
    for (const scene of [long, { ...agreeing, files: { secret: "fine" } }]) {
      const played = await runLine(["node", "set", "pc1", "--password-file", "secret"], scene);
      assert.equal(played.status, 255);
      assert.deepEqual(sentBy(played), []);
      assert.doesNotMatch(played.stdout + played.stderr, /xxxx|fine/u);
    }
  });
});

describe("the inventory as a whole", () => {
  const inventory = {
    projects: [{ name: "demo" }],
    users: [
      { name: "ann", publicKey: `U${"A".repeat(55)}` },
      { name: "bob", publicKey: `U${"B".repeat(55)}`, isRevoked: true },
    ],
  };

  test("is exported as YAML, lists without entries left out", async () => {
    const { stdout } = await runLine(["inventory", "export"], { inventory: { projects: inventory.projects } });
    assert.equal(stdout, "projects:\n  - name: demo\n");
  });

  test("is imported as it was written", async () => {
    const files = { "site.yaml": "projects:\n- name: demo\n" };
    const played = await runLine(["inventory", "import", "site.yaml", "--prune"], { ...agreeing, files });
    assert.deepEqual(sentBy(played)[0]?.changes, { set: { projects: [{ name: "demo" }] }, remove: {} });
    assert.equal(sentBy(played)[0]?.prune, true);
  });

  test("lists one kind as a table", async () => {
    const { stdout } = await runLine(["project", "list"], { inventory });
    assert.equal(stdout, "demo\n");
  });

  test("lists experiments with their OSes and nodes", async () => {
    const site = {
      inventory: { experiments: [{ name: "demo/lab", os: "base" }, { name: "demo/empty" }] },
      nodes: ["pc1", "pc2", "pc3", "pc9"].map((node) => ({
        ...{ node, type: "pc" },
        ...(node === "pc9" ? {} : { experiment: "demo/lab" }),
      })),
    };
    const { stdout } = await runLine(["experiment", "list"], site);
    assert.equal(stdout, "demo/lab\tbase\tpc[1-3]\ndemo/empty\t-\t-\n");
    const { document } = await runLine(["experiment", "list", "--json"], site);
    assert.deepEqual(document, {
      experiments: [
        { name: "demo/lab", os: "base", nodes: ["pc1", "pc2", "pc3"] },
        { name: "demo/empty", nodes: [] },
      ],
    });
  });

  test("gives nats-server the lines of everybody who is not revoked", async () => {
    const { stdout } = await runLine(["user", "permissions"], { inventory });
    assert.match(stdout, /rv\.local\.cmd\.\*\.ann/u);
    assert.doesNotMatch(stdout, /bob/u);
  });
});
