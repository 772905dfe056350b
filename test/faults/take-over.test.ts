import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import postgres from "postgres";
import type { Operation } from "../../bus/index.ts";
import { until } from "../infra/simulator/support/until.ts";
import { siteWith } from "../support/site.ts";
import { type Replica, startReplica } from "./replica.ts";

const series = (prefix: string, length: number) => Array.from({ length }, (_, index) => `${prefix}${index + 1}`);
const cycled = series("c", 12);
const viaSsh = series("s", 6);
const hung = series("h", 6);
/** Their BMCs take two seconds a reply: a cycle lasts for long enough that another replica can be started meanwhile. */
const slow = series("l", 6);

/** A lease lasts 5 s, and others look for what was left behind every 2 s; what a busy machine adds is not counted here. */
const takeOverWithinMs = 7_000;
const slackMs = 3_000;

const site = siteWith(
  {
    nodes: [
      ...[...cycled, ...viaSsh].map((name) => ({ name })),
      ...hung.map((name) => ({ name, fault: "ssh-hangs" as const })),
      ...slow.map((name) => ({ name, fault: "bmc-slow" as const })),
      { name: "waits", fault: "never-boots" },
    ],
  },
  { replicas: 0, durable: true },
);
const replicas: Replica[] = [];

describe("a replica killed with -9", () => {
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  test("leaves nodes in every kind of step, which go on elsewhere within seven seconds, and nothing is fired twice", async (t) => {
    const victim = await startReplica(site.agentsFile);
    await using reveille = await site.connectAs();
    const waiting = { waitmode: true, waittime: 60 };
    const waits = await reveille.reboot({ nodelist: ["waits"], powercycle: true, ...waiting });
    const cycling = await reveille.reboot({ nodelist: slow, powercycle: true, ...waiting });
    await Promise.all([stepOf(waits, "await-boot"), stepOf(cycling, "power-off")]);
    replicas.push(await startReplica(site.agentsFile));
    const others = [
      await reveille.reboot({ nodelist: hung, ...waiting }),
      await reveille.reboot({ nodelist: viaSsh, ...waiting }),
    ];
    await stepOf(others[0]!, "diag");
    // Many small ones, so that each replica admits some, and holds what it admitted.
    const cycles = await Promise.all(
      cycled.map((node) => reveille.reboot({ nodelist: [node], powercycle: true, ...waiting })),
    );
    await Promise.race(cycles.map((operation) => stepOf(operation, "power-off")));

    const ledger = postgres(site.services.postgres.adminUrl, { max: 1, onnotice: () => undefined });
    t.after(() => ledger.end());
    const [first] = await ledger<{ owner: string }[]>`
      select lease_owner as owner from reboot.node_runs where node = 'waits'`;
    const victimsName = first!.owner;
    const steps = await ledger<{ begun: string; n: number }[]>`
      select coalesce(progress->>'begun', 'none') as begun, count(*)::int as n
      from reboot.node_runs where state in ('leased', 'firing') and lease_owner = ${victimsName} group by 1 order by 1`;
    const killedAtMs = performance.now();
    victim.signal("SIGKILL");
    await victim.ended;
    t.diagnostic(`in flight at its death: ${steps.map(({ begun, n }) => `${n} ${begun}`).join(", ")}`);
    assert.ok(steps.length > 1, "too little was in flight");
    await until(
      "every run to be taken over",
      async () => {
        const [left] = await ledger`
          select count(*)::int as n from reboot.node_runs
          where state in ('leased', 'firing') and lease_owner = ${victimsName}`;
        return left?.["n"] === 0;
      },
      60_000,
    );
    const takenOverMs = Math.round(performance.now() - killedAtMs);
    t.diagnostic(`taken over ${takenOverMs} ms after the kill`);
    assert.ok(takenOverMs < takeOverWithinMs + slackMs, `${takenOverMs} ms`);

    const ends = await Promise.all([cycling, ...others, ...cycles].map((operation) => operation.wait()));
    for (const { results } of ends) {
      for (const [node, result] of Object.entries(results)) {
        assert.equal(result.outcome, "succeeded", `${node}: ${JSON.stringify(result)}`);
        const actions = await site.powerActions(node);
        const switched = actions.filter((action) => action !== "diag");
        const expected = result.via === "power-cycle" ? ["off", "on"] : [];
        assert.deepEqual(switched, expected, node);
        assert.ok(actions.length - switched.length <= 1, `${node} was interrupted more than once`);
        const rebooted = (await site.fleet.journal(node)).filter((entry) => entry.kind === "ssh");
        assert.ok(rebooted.length <= 1, `${node} was rebooted over ssh more than once`);
      }
    }
    const { results } = await waits.wait();
    assert.equal(results["waits"]?.reason, "boot-timeout");
    const { startedAt, finishedAt } = results["waits"];
    const waitedMs = Date.parse(finishedAt) - Date.parse(startedAt);
    assert.ok(waitedMs >= 60_000 && waitedMs < 80_000, `one deadline over the take-over: ${waitedMs} ms`);
  });
});

/** Resolves when one of the operation's nodes is told to have begun that step. */
async function stepOf(operation: Operation, step: string): Promise<void> {
  for await (const event of operation) if (event.kind === "step" && event.step === step) return;
}
