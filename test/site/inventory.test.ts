import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import postgres from "postgres";
import type { InventoryDifference, NodeSummary } from "../../contracts/index.ts";
import { until } from "../infra/embedded/support/scratch.ts";
import type { CliEnd } from "../support/cli-process.ts";
import { documentOf, siteWith } from "../support/site.ts";

const site = siteWith({
  nodes: ["pc1", "pc2", "pc3", "pc4"].map((name) => ({ name, ...(name === "pc4" ? { fault: "never-boots" } : {}) })),
  experiments: [{ name: "demo/lab", nodes: ["pc1"], os: "base" }],
  users: [{ name: "lea", projects: ["demo"] }],
});

interface Difference {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly differences: readonly InventoryDifference[];
}

function differenceOf({ stdout, stderr, status }: CliEnd): Difference {
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Difference;
}

function assertRefused(end: CliEnd, reason: string, detail: RegExp): void {
  const document = documentOf(end);
  assert.deepEqual({ code: document.code, reason: document.reason }, { code: -1, reason });
  assert.match(document.detail ?? "", detail);
}

describe("people", () => {
  test("a user who is added while the site runs can connect, act, and is cut off when revoked", async () => {
    const keyFile = join(site.elsewhere, "carl.nk");
    const add = ["user", "add", "carl", "--key-file", keyFile, "--project", "demo", "--json"];
    assert.equal(differenceOf(await site.runHere(add)).added, 1);
    assert.equal(statSync(keyFile).mode & 0o777, 0o600);
    const contextFile = join(site.elsewhere, "carl.json");
    const admin = JSON.parse(readFileSync(site.contextFileOf("admin"), "utf8")) as object;
    writeFileSync(contextFile, JSON.stringify({ ...admin, user: "carl", keyFile }));
    const asCarl = (...args: string[]) => site.runHere([...args, "--json"], { contextFile });
    await until("carl may connect", async () => (await asCarl("nodes", "pc1")).status === 0);

    assert.equal((await asCarl("reboot", "pc1", "--power-cycle")).status, 0);
    assertRefused(await asCarl("reboot", "pc1", "pc2"), "permission-denied", /pc2/u);
    assertRefused(await asCarl("experiment", "set", "demo/lab", "--os", "none"), "permission-denied", /demo\/lab/u);

    const op = "c".repeat(32);
    await site.runHere(["node", "set", "pc4", "--experiment", "demo/lab"]);
    assert.equal((await asCarl("reboot", "pc4", "-f", "--wait-time", "600", "--async", "--id", op)).status, 0);
    assert.equal(differenceOf(await site.runHere(["user", "set", "carl", "--revoked", "--json"])).changed, 1);
    const end = await site.runHere(["wait", op, "--json"]);
    assert.equal(documentOf(end).results["pc4"]?.outcome, "cancelled", end.stdout);
    await until("carl is cut off", async () => (await asCarl("nodes", "pc1")).status === 255);
  });

  test("a leader reserves free nodes and releases them, and nothing else", async () => {
    differenceOf(await site.runHere(["user", "set", "lea", "--project", "demo=leader", "--json"]));
    const asLea = (...args: string[]) => site.runHere([...args, "--json"], { user: "lea" });
    assert.equal(differenceOf(await asLea("experiment", "add", "demo/two", "--nodes", "pc2")).changed, 1);
    assertRefused(await asLea("node", "set", "pc2", "--circuit", "c9"), "permission-denied", /node pc2/u);
    assertRefused(await asLea("experiment", "add", "other/x"), "permission-denied", /other\/x/u);
    const ended = differenceOf(await asLea("experiment", "remove", "demo/two"));
    assert.deepEqual([ended.removed, ended.changed], [1, 1]);
  });
});

describe("the inventory as a file", () => {
  const run = (...args: string[]) => site.runHere(["inventory", ...args]);
  const write = (text: string) => {
    const file = join(site.elsewhere, "site.yaml");
    writeFileSync(file, text);
    return file;
  };

  test("comes back as it was exported, which changes nothing", async () => {
    const exported = await run("export");
    assert.equal(exported.status, 0, exported.stderr);
    assert.match(exported.stdout, /name: pc1\n/u);
    assert.doesNotMatch(exported.stdout, /assword/u);
    const again = differenceOf(await run("import", write(exported.stdout), "--prune", "--json"));
    assert.deepEqual([again.added, again.changed, again.removed], [0, 0, 0]);
  });

  test("a dry run shows the difference and changes nothing", async () => {
    const file = write("projects:\n- name: newer\nnodes:\n- name: pc3\n  circuit: c7\n");
    for (let time = 0; time < 2; time++) {
      const { added, changed } = differenceOf(await run("import", file, "--dry-run", "--json"));
      assert.deepEqual([added, changed], [1, 1]);
    }
  });

  test("is refused whole for one fault", async () => {
    const file = write("projects:\n- name: newest\nnodes:\n- name: pc3\n  host: pc3\n");
    assertRefused(await run("import", file, "--json"), "inventory-invalid", /circle: pc3 → pc3/u);
    assert.doesNotMatch((await site.runHere(["project", "list"])).stdout, /newest/u);
  });
});

test("a BMC password that is set anew is used, and stands nowhere in the clear", async () => {
  const file = join(site.elsewhere, "bmc.password");
  writeFileSync(file, "not the one\n");
  assert.ok(existsSync(file));
  differenceOf(await site.runHere(["node", "set", "pc3", "--password-file", file, "--json"]));
  const end = documentOf(await site.runHere(["power", "cycle", "pc3", "--json"]));
  assert.equal(end.results["pc3"]?.reason, "bmc-password-invalid");
});

test("a free node that cannot be cleaned is told as stuck after half an hour", async (t) => {
  const sql = postgres(site.services.postgres.adminUrl, { max: 1 });
  t.after(() => sql.end());
  await sql`
    insert into registry.freed_nodes (node, image, freed_at)
    select node, 'removed-since', now() - make_interval(mins => minutes) from (values ('pc2', 29), ('pc3', 31)) as freed (node, minutes)`;
  const { stdout } = await site.runHere(["nodes", "pc2", "pc3"]);
  assert.match(stdout, /^pc2\t.*\tto be loaded anew\npc3\t.*\tstuck: unclean since \S+Z\n$/u);
  const { nodes } = JSON.parse((await site.runHere(["nodes", "pc2", "pc3", "--json"])).stdout) as {
    nodes: NodeSummary[];
  };
  assert.deepEqual(
    nodes.map(({ node, stuck }) => [node, stuck]),
    [
      ["pc2", false],
      ["pc3", true],
    ],
  );
});
