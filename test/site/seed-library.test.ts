import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nodereboot, nodereboot_wait } from "../../bus/index.ts";
import type { NodeEvent, Results } from "../../contracts/index.ts";
import { siteWith } from "../support/site.ts";

const site = siteWith({
  nodes: [
    ...["pc1", "pc2", "pc3", "pc4", "pc5", "pc6", "modern"].map((name) => ({ name })),
    ...["locked1", "locked2", "modern-locked"].map((name) => ({ name, fault: "bmc-wrong-password" as const })),
  ],
});

const outcomesOf = (results: Results) =>
  Object.fromEntries(Object.entries(results).map(([node, { status, reason }]) => [node, `${status} ${reason}`]));

describe("the seed's functions", () => {
  const usual = process.env["REVEILLE_CONTEXT"];
  before(() => (process.env["REVEILLE_CONTEXT"] = site.contextFileOf("admin")));
  after(() => {
    if (usual === undefined) delete process.env["REVEILLE_CONTEXT"];
    else process.env["REVEILLE_CONTEXT"] = usual;
  });

  test("nodereboot fills each node's own result, and returns how many did not succeed", async () => {
    const results: Results = {};
    const code = await nodereboot({ nodelist: ["pc1", "locked1"], powercycle: true, waitmode: true }, results);
    assert.equal(code, 1);
    assert.deepEqual(outcomesOf(results), { pc1: "0 isup", locked1: "1 bmc-password-invalid" });
    assert.deepEqual(await site.powerActions("pc1"), ["off", "on"]);
  });

  test("with asyncmode it returns at once, and nodereboot_wait fills the very results that were given", async () => {
    const results: Results = {};
    const operation = await nodereboot(
      { nodelist: ["pc2"], powercycle: true, waitmode: true, asyncmode: true },
      results,
    );
    assert.deepEqual(results, {});
    assert.equal(await nodereboot_wait(operation), 0);
    assert.deepEqual(outcomesOf(results), { pc2: "0 isup" });
  });

  test("two at once in one process each get their own nodes' results", async () => {
    const [first, second]: [Results, Results] = [{}, {}];
    const codes = await Promise.all([
      nodereboot({ nodelist: ["pc3", "pc4"], powercycle: true }, first),
      nodereboot({ nodelist: ["pc5", "locked2"], powercycle: true, asyncmode: true }, second).then(nodereboot_wait),
    ]);
    assert.deepEqual(codes, [0, 1]);
    assert.deepEqual(outcomesOf(first), { pc3: "0 power-read-back", pc4: "0 power-read-back" });
    assert.deepEqual(outcomesOf(second), { pc5: "0 power-read-back", locked2: "1 bmc-password-invalid" });
  });

  test("a refused request is -1 in either mode, and leaves the results empty", async () => {
    const results: Results = {};
    assert.equal(await nodereboot({ nodelist: ["pc6", "nowhere"] }, results), -1);
    assert.equal(await nodereboot({ nodelist: [] }, results), -1);
    const refused = await nodereboot({ nodelist: ["nowhere"], asyncmode: true }, results);
    assert.equal(await nodereboot_wait(refused), -1);
    assert.deepEqual(results, {});
    assert.deepEqual(await site.powerActions("pc6"), []);
  });
});

describe("the modern face", () => {
  test("an operation tells each node's events, ends, and is found again by its id", async () => {
    await using reveille = await site.connectAs();
    const nodelist = ["modern", "modern-locked"];
    const operation = await reveille.reboot({ nodelist, powercycle: true, waitmode: true });
    assert.match(operation.id, /^[0-9a-f]{32}$/u);
    const events: NodeEvent[] = [];
    for await (const event of operation) events.push(event);
    const end = await operation.wait();

    const ended = events.flatMap((event) => (event.kind === "result" ? [event.node] : []));
    assert.deepEqual(ended.sort(), nodelist);
    const steps = events.flatMap((event) => (event.kind === "step" && event.node === "modern" ? [event.step] : []));
    assert.deepEqual(steps, ["power-off", "power-on", "await-boot"]);
    assert.equal(end.code, 1);
    assert.equal(operation.results, end.results);

    await using another = await site.connectAs();
    const attached = await another.attach(operation.id);
    assert.deepEqual(await attached.wait(), end);
    assert.equal((await another.attach("0".repeat(32))).refusal?.reason, "operation-unknown");
  });
});
