import assert from "node:assert/strict";
import { test } from "node:test";
import { openHealthPort } from "../../../agents/runtime/health-port.ts";
import { createMetrics } from "../../../agents/runtime/metrics.ts";

const result = {
  status: 1,
  outcome: "failed",
  reason: "bmc-unreachable",
  attempts: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:01.000Z",
} as const;

async function portOf(t: { after(fn: () => Promise<void>): void }, readiness: Record<string, boolean>) {
  const metrics = createMetrics("reboot", { isServed: false });
  const port = await openHealthPort({ port: 0, metrics, readiness: async () => readiness });
  t.after(() => port.close());
  return { url: port.url, metrics };
}

test("an agent is ready only when all that it stands on is there, and says what is missing", async (t) => {
  const { url } = await portOf(t, { bus: true, database: false });
  const response = await fetch(`${url}/ready`);
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), { ready: false, bus: true, database: false });
});

test("an agent whose database is away is still live", async (t) => {
  const { url } = await portOf(t, { bus: true, database: false });
  assert.equal((await fetch(`${url}/live`)).status, 200);
});

test("metrics count node runs by outcome and reason, and read gauges when they are asked for", async (t) => {
  const { url, metrics } = await portOf(t, { bus: true });
  let queued = 3;
  metrics.gauge("reveille_queued_runs", "Node runs that wait", () => queued);
  metrics.countNodeRun(result);
  metrics.countNodeRun(result);
  metrics.countRefusal("signature-wrong");
  queued = 5;
  const text = await (await fetch(`${url}/metrics`)).text();
  assert.match(text, /^reveille_node_runs_total\{outcome="failed",reason="bmc-unreachable",agent="reboot"\} 2$/m);
  assert.match(text, /^reveille_refusals_total\{cause="signature-wrong",agent="reboot"\} 1$/m);
  assert.match(text, /^reveille_queued_runs\{agent="reboot"\} 5$/m);
});

test("the port listens on loopback alone", async (t) => {
  const { url } = await portOf(t, {});
  assert.equal(new URL(url).hostname, "127.0.0.1");
});
