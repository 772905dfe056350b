import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Operation } from "../../bus/index.ts";
import { type Replica, startReplica } from "../faults/replica.ts";
import { siteWith } from "../support/site.ts";

const series = (prefix: string, length: number) => Array.from({ length }, (_, index) => `${prefix}${index + 1}`);
const cycled = series("c", 30);
const viaSsh = series("s", 15);
const reset = series("r", 60);

const site = siteWith({ nodes: [...cycled, ...viaSsh, ...reset].map((name) => ({ name })) }, { replicas: 0 });
const replicas: Replica[] = [];

describe("three replicas that are restarted one after another", () => {
  before(async () => {
    replicas.push(...(await Promise.all([1, 2, 3].map(() => startReplica(site.agentsFile)))));
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  test("fail nothing under load, and nothing is done twice", async (t) => {
    await using reveille = await site.connectAs();
    const restarted = new AbortController();
    const begun: Operation[] = [
      await reveille.reboot({ nodelist: cycled, powercycle: true, waitmode: true, waittime: 120 }),
      await reveille.reboot({ nodelist: viaSsh, waitmode: true, waittime: 120 }),
    ];
    // One operation after another begins meanwhile: each power action that cannot be read back may be cut by a stop.
    const resetting = (async () => {
      for (const node of reset) {
        if (restarted.signal.aborted) return;
        begun.push(await reveille.power({ nodelist: [node], action: "reset" }));
        await begun.at(-1)?.wait();
      }
    })();
    for (const old of replicas.splice(0)) {
      const startedAtMs = performance.now();
      old.signal("SIGTERM");
      await old.ended;
      t.diagnostic(`a replica stopped within ${Math.round(performance.now() - startedAtMs)} ms`);
      replicas.push(await startReplica(site.agentsFile));
    }
    restarted.abort();
    await resetting;

    const results = (await Promise.all(begun.map((operation) => operation.wait()))).map((end) => end.results);
    const all = Object.assign({}, ...results) as (typeof results)[number];
    for (const [node, result] of Object.entries(all)) {
      assert.equal(result.outcome, "succeeded", `${node}: ${JSON.stringify(result)}`);
      const actions = await site.powerActions(node);
      if (cycled.includes(node)) assert.deepEqual(actions, ["off", "on"], node);
      if (reset.includes(node)) assert.deepEqual(actions, ["reset"], node);
    }
    assert.ok(Object.keys(all).length > cycled.length + viaSsh.length, "some were reset meanwhile");
  });
});
