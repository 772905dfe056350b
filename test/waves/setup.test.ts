import assert from "node:assert/strict";
import { describe, test } from "node:test";
import postgres from "postgres";
import { newOpId } from "../../bus/index.ts";
import { until } from "../infra/embedded/support/scratch.ts";
import { type ResultsDocument, documentOf, siteWith } from "../support/site.ts";

/** A few experiments, so that each test has its own. */
const site = siteWith({
  nodes: [
    ...["a1", "a2", "b1", "c1", "d1", "d2", "f1"].map((name) => ({ name })),
    { name: "b2", fault: "never-boots" },
    { name: "c2", fault: "never-boots" },
    { name: "e1", fault: "never-boots" },
  ],
  images: [
    { name: "base", sizeMiB: 1 },
    { name: "mine", sizeMiB: 1 },
    { name: "missing", missing: true },
  ],
  experiments: [
    { name: "demo/good", nodes: ["a1", "a2"], os: "base" },
    { name: "demo/bad", nodes: ["b1", "b2"], os: "base" },
    { name: "demo/spare", nodes: ["c1", "c2"], os: "base" },
    { name: "demo/twice", nodes: ["d1", "d2"], os: "base" },
    { name: "demo/gone", nodes: ["f1"], os: "mine" },
    { name: "demo/off", nodes: ["e1"], os: "base" },
    { name: "demo/empty", nodes: [] },
  ],
  users: [{ name: "bob", projects: ["other"] }],
});

interface SetupDocument extends ResultsDocument {
  readonly retry?: string;
}

async function setUp(experiment: string, ...more: string[]): Promise<SetupDocument> {
  return documentOf(await site.runHere(["setup", experiment, "--yes", "--json", ...more]));
}

const outcomesOf = ({ results }: ResultsDocument) =>
  Object.fromEntries(Object.entries(results).map(([node, { outcome, reason }]) => [node, `${outcome} ${reason}`]));

/** Each with nodes of its own; most of their time is a machine that never boots. */
describe("a setup", { concurrency: true }, () => {
  test("loads what was never loaded, and leaves alone what runs; a dry run says which before", async (t) => {
    const plan = await site.runHere(["setup", "demo/good", "--dry-run"]);
    assert.match(plan.stdout, /^reload base, about \d+ s: a\[1,2\]$/mu);
    assert.match(plan.stdout, /^the slowest takes about \d+ s$/mu);
    const first = await setUp("demo/good");
    assert.deepEqual(outcomesOf(first), { a1: "succeeded isup", a2: "succeeded isup" });
    assert.deepEqual([first.code, first.retry], [0, undefined]);
    const sql = postgres(site.services.postgres.adminUrl, { max: 1 });
    t.after(() => sql.end());
    const loads = await sql<{ nodes: number }[]>`
      select node_count as nodes from reload.operations where parent_op = ${first.op}`;
    assert.deepEqual([...loads], [{ nodes: 2 }], "one reload for all nodes of an image");
    const again = await setUp("demo/good");
    assert.deepEqual(outcomesOf(again), { a1: "succeeded os-running", a2: "succeeded os-running" });
  });

  test("with a node that fails brings the others up, names it, and says whether to try again", async () => {
    const { code, results, retry } = await setUp("demo/bad");
    assert.equal(results["b1"]?.outcome, "succeeded");
    assert.equal(results["b2"]?.outcome, "failed");
    assert.deepEqual([code, retry], [1, "futile"]);
    const shown = await site.runHere(["nodes", "b1", "b2"]);
    assert.match(shown.stdout, /^b1\t.*\tready$/mu);
    assert.match(shown.stdout, /^b2\t.*\tdown$/mu);
  });

  test("succeeds without a node that its experiment does without", async () => {
    await site.runHere(["node", "set", "c2", "--nonfatal"]);
    const { code, results, retry } = await setUp("demo/spare");
    assert.deepEqual([code, retry], [0, undefined]);
    assert.deepEqual([results["c2"]?.status, results["c2"]?.isNonfatal], [1, true]);
  });

  test("of an experiment that is being set up finds its nodes busy, and their holder named, as a dry run says", async () => {
    const op = newOpId();
    assert.equal((await site.runHere(["setup", "demo/twice", "--yes", "--async", "--id", op])).status, 0);
    for (const line of [
      ["setup", "demo/twice"],
      ["reload", "-e", "demo/twice", "-i", "base"],
    ]) {
      const { stdout } = await site.runHere([...line, "--dry-run"]);
      assert.match(stdout, /^would end busy \(node-locked\): d\[1,2\]$/mu, line.join(" "));
      assert.ok(stdout.includes(`busy, held by operation ${op}: d[1,2]\n`), line.join(" "));
    }
    const second = await setUp("demo/twice");
    assert.deepEqual(outcomesOf(second), { d1: "busy node-locked", d2: "busy node-locked" });
    assert.deepEqual([second.code, second.retry, second.results["d1"]?.evidence?.holder], [2, "may-help", op]);
    assert.equal(documentOf(await site.runHere(["wait", op, "--json"])).code, 0);
  });
});

test("a setup that is cancelled takes its loads with it, and leaves what it touched to be set up anew", async () => {
  await using reveille = await site.connectAs();
  const operation = await reveille.setup({ experiment: "demo/off" });
  for await (const event of operation) if (event.kind === "step" && event.step === "ask") break;
  assert.deepEqual(await operation.cancel(), { ok: true });
  const { code, results, retry } = await operation.wait();
  assert.deepEqual([code, results["e1"]?.outcome, retry], [1, "cancelled", "futile"]);
  assert.match((await site.runHere(["nodes", "e1"])).stdout, /\tdirty$/mu);
});

describe("a setup is refused whole", () => {
  const refusals: readonly (readonly [string, readonly string[], string])[] = [
    ["for an experiment that holds no node", ["setup", "demo/empty"], "experiment-empty"],
    ["for one that is not there", ["setup", "demo/none"], "experiment-unknown"],
  ];
  for (const [title, line, reason] of refusals) {
    test(title, async () => {
      assert.equal(documentOf(await site.runHere([...line, "--yes", "--json"])).reason, reason);
    });
  }

  test("for who has no right to the project", async () => {
    const end = await site.runHere(["setup", "demo/good", "--yes", "--json"], { user: "bob" });
    assert.equal(documentOf(end).reason, "permission-denied");
  });
});

test("a node that is freed with another image than its default is loaded before it is reserved again", async () => {
  const first = await setUp("demo/gone");
  assert.equal(first.code, 0, JSON.stringify(outcomesOf(first)));
  assert.equal((await site.runHere(["experiment", "remove", "demo/gone"])).status, 0);
  const early = await site.runHere(["node", "set", "f1", "--experiment", "demo/good", "--json"]);
  assert.equal(documentOf(early).reason, "node-not-clean");
  assert.match((await site.runHere(["nodes", "f1"])).stdout, /to be loaded anew/u);
  await until("it is clean", async () => !(await site.runHere(["nodes", "f1"])).stdout.includes("anew"), 90_000);
  assert.equal((await site.runHere(["node", "set", "f1", "--experiment", "demo/good"])).status, 0);
});
