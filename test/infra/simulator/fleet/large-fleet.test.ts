import assert from "node:assert/strict";
import { test } from "node:test";
import { isAnswering } from "../support/probe.ts";
import { startSite } from "../support/site.ts";
import { until } from "../support/until.ts";

test("a thousand nodes start in one process, and each has reported", async () => {
  const nodes = Array.from({ length: 1_000 }, (_, at) => ({ name: `pc${at + 1}` }));
  await using site = await startSite({ nodes, firstAddress: "127.17.0.1" });

  // On a busy machine the last come after `start` has stopped waiting for them.
  await until("every node has reported", () => site.receiver.reports.length >= 2_000, 60_000);
  assert.equal(site.receiver.reports.length, 2_000);
  const last = site.fleet.nodes.at(-1)!;
  assert.equal(await isAnswering(last.address, last.probePort), true);
});
