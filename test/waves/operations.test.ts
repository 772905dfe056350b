import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newOpId } from "../../bus/index.ts";
import type { Operation } from "../../bus/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { documentOf, siteWith } from "../support/site.ts";

const count = 200;
/**
 * More than twice as many as there are ssh clients at once: nodes that come after them wait for their turn, even if they overtake a
 * few of them on the way to it.
 */
const hungCount = 140;
const series = (prefix: string, length: number) => Array.from({ length }, (_, index) => `${prefix}${index + 1}`);

const site = siteWith({
  nodes: [
    ...series("own", count).map((name) => ({ name })),
    ...series("a-hung", hungCount).map((name) => ({ name, fault: "ssh-hangs" as const })),
    ...series("z-late", 5).map((name) => ({ name })),
    { name: "0-lost", fault: ["powered-off", "bmc-wrong-password"] },
    { name: "once" },
    { name: "slow", fault: "bmc-slow" },
    { name: "held", fault: "never-boots" },
    { name: "free" },
  ],
});

/** What an operation asked of its node alone, and what a BMC carries out for it. */
const deeds = [
  { action: "off", controls: ["off"] },
  { action: "reset", controls: ["reset"] },
  { action: "cycle", controls: ["off", "on"] },
] as const;

describe("operations", () => {
  test("of 200 operations at once from one process, each has its own node's result and no other", async () => {
    await using reveille = await site.connectAs();
    const plans = series("own", count).map((node, index) => ({ node, ...deeds[index % deeds.length]! }));
    const ends = await Promise.all(
      plans.map(async ({ node, action }) => {
        const operation = await reveille.power({ nodelist: [node], action });
        return { id: operation.id, ...(await operation.wait()) };
      }),
    );
    assert.equal(new Set(ends.map(({ id }) => id)).size, count);
    for (const [index, { node, action, controls }] of plans.entries()) {
      const { code, results } = ends[index]!;
      assert.deepEqual({ code, nodes: Object.keys(results) }, { code: 0, nodes: [node] }, JSON.stringify(results));
      const reason = action === "reset" ? "accepted-not-read-back" : "power-read-back";
      assert.equal(results[node]!.reason, reason, node);
      assert.deepEqual(await site.powerActions(node), controls, node);
    }
  });

  test("the same command with the same id is one operation, however often it is asked for", async () => {
    const op = newOpId();
    const command = ["power", "reset", "once", "--id", op, "--json"];
    const [first, second] = await Promise.all([site.run(command), site.run(command)]);
    const third = await site.run(command);

    assert.equal(first.status, 0, first.stdout);
    assert.deepEqual(documentOf(second), documentOf(first));
    assert.deepEqual(documentOf(third), documentOf(first));
    assert.deepEqual(await site.powerActions("once"), ["reset"]);
  });

  test("a busy node names the operation that holds it, in a dry run too, and the others go on", async () => {
    await using reveille = await site.connectAs();
    const holder = await reveille.reboot({ nodelist: ["held"], powercycle: true, waitmode: true, waittime: 60 });
    const { code, results } = await (await reveille.reboot({ nodelist: ["held", "free"], powercycle: true })).wait();

    const { outcome, reason, evidence } = results["held"]!;
    assert.deepEqual(
      { outcome, reason, evidence },
      { outcome: "busy", reason: "node-locked", evidence: { holder: holder.id } },
    );
    assert.deepEqual({ code, free: results["free"]!.outcome }, { code: 1, free: "succeeded" });
    for (const verb of [["reboot"], ["power", "cycle"]]) {
      const { stdout } = await site.runHere([...verb, "held", "--dry-run"]);
      assert.match(stdout, /^would end busy \(node-locked\): held$/mu, verb.join(" "));
      assert.ok(stdout.includes(`busy, held by operation ${holder.id}: held\n`), verb.join(" "));
    }

    await holder.cancel();
    assert.equal((await holder.wait()).results["held"]!.outcome, "cancelled");
  });

  test("a node that is cancelled in the midst of a power cycle is not left off", async () => {
    await using reveille = await site.connectAs();
    const operation = await reveille.reboot({ nodelist: ["slow"], powercycle: true, waitmode: true });
    await until("the node is off", async () => (await site.powerActions("slow")).includes("off"), 40_000);
    assert.deepEqual(await operation.cancel(), { ok: true });

    const { results } = await operation.wait();
    assert.equal(results["slow"]!.outcome, "cancelled");
    assert.deepEqual(await site.powerActions("slow"), ["off", "on"]);
  });

  test("a wave that is cancelled leaves the nodes alone that it had not come to", async () => {
    await using reveille = await site.connectAs();
    const late = series("z-late", 5);
    const operation = await reveille.reboot({ nodelist: [...series("a-hung", hungCount), ...late] });
    await stepOf(operation, "a-hung1", "ssh-reboot");
    assert.deepEqual(await operation.cancel(), { ok: true });

    const { code, results } = await operation.wait();
    assert.equal(code, hungCount + late.length);
    for (const [node, { outcome, reason }] of Object.entries(results)) {
      assert.deepEqual({ outcome, reason }, { outcome: "cancelled", reason: "cancelled-by-user" }, node);
      assert.deepEqual(await site.powerActions(node), [], node);
    }
    for (const node of late) await wasLeftAlone(node);
  });

  test("a wave that has met too many failures leaves the nodes alone that still wait for a client of ssh", async () => {
    await using reveille = await site.connectAs();
    const late = series("z-late", 5);
    const nodelist = ["0-lost", ...series("a-hung", hungCount), ...late];
    const operation = await reveille.reboot({ nodelist, maxFailures: 0 });
    const left = new Set(late);
    for await (const event of operation) {
      if (event.kind !== "result") continue;
      if (event.node === "0-lost") assert.equal(event.result.reason, "bmc-password-invalid");
      if (!left.delete(event.node)) continue;
      assert.deepEqual([event.result.outcome, event.result.reason], ["skipped", "too-many-failures"], event.node);
      if (left.size === 0) break;
    }
    await operation.cancel();
    await operation.wait();
    for (const node of late) await wasLeftAlone(node);
  });
});

async function wasLeftAlone(node: string): Promise<void> {
  const journal = await site.fleet.journal(node);
  assert.ok(!journal.some(({ kind }) => kind === "ssh" || kind === "down"), `${node} was rebooted`);
}

/** Resolves when the node is told to have begun that step. */
async function stepOf(operation: Operation, node: string, step: string): Promise<void> {
  for await (const event of operation) if (event.kind === "step" && event.node === node && event.step === step) return;
}
