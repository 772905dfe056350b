import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { CliProcess } from "../support/cli-process.ts";
import { documentOf, siteWith } from "../support/site.ts";
import { type Replica, startReplica } from "./replica.ts";
import { seededRandom } from "./seeded.ts";

/**
 * Nodes in flight, and something dies. The oracle is what the BMCs carried out, not what anybody says: one result a node,
 * each true, and no power action twice for one attempt. `npm run test:faults` is the long form; CI runs the short one.
 * REVEILLE_FAULT_SEEDS=3-5 runs those seeds alone.
 */
const isLong = process.env["REVEILLE_FAULTS"] === "long";
const nodeCount = isLong ? 300 : 24;
const [firstSeed = 1, lastSeed = isLong ? 20 : 5] = (process.env["REVEILLE_FAULT_SEEDS"]?.split("-") ?? []).map(Number);
const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, index) => firstSeed + index);

/** What dies, and when after the wave began; given what is alive. */
interface Scene {
  readonly replicas: Replica[];
  readonly coordinator: CliProcess;
}
const faults: readonly { readonly name: string; readonly strike: (scene: Scene) => Promise<void> }[] = [
  {
    name: "a replica is killed",
    strike: async ({ replicas }) => {
      const [victim] = replicas.splice(0, 1);
      victim?.signal("SIGKILL");
      await victim?.ended;
      replicas.push(await startReplica(site.agentsFile));
    },
  },
  {
    name: "a replica is stopped, loses its leases, and wakes",
    strike: async ({ replicas }) => {
      replicas[0]?.signal("SIGSTOP");
      await sleep(8_000); // the lease is 5 s by the database's clock; the fault itself is the passing of time
      replicas[0]?.signal("SIGCONT");
    },
  },
  {
    name: "nats-server is killed",
    strike: async () => void process.kill(site.services.nats.pid, "SIGKILL"),
  },
  {
    name: "PostgreSQL is killed",
    strike: async () => void process.kill(site.services.postgres.pid, "SIGKILL"),
  },
  {
    name: "the coordinator stalls for four seconds",
    strike: async ({ coordinator }) => {
      coordinator.kill("SIGSTOP");
      await sleep(4_000); // the fault itself is the passing of time
      coordinator.kill("SIGCONT");
    },
  },
];

const names = Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
const site = siteWith({ nodes: names.map((name) => ({ name })) }, { replicas: 0, durable: true });
const replicas: Replica[] = [];

describe("nodes in flight", () => {
  before(async () => {
    replicas.push(...(await Promise.all([1, 2, 3].map(() => startReplica(site.agentsFile)))));
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  for (const seed of seeds) {
    const fault = faults[(seed - 1) % faults.length]!;
    test(`seed ${seed}: ${fault.name}, and every node has one true result`, async () => {
      const random = seededRandom(seed);
      const carriedOutBefore = await countsOfActions();
      const coordinator = site.start(
        // A machine too busy to boot three hundred others in their time is no fault of a node.
        ["reboot", `n[1-${nodeCount}]`, "--power-cycle", "--wait", "--wait-time", "90", "--yes", "--json", "--events"],
        {
          limitMs: 180_000,
        },
      );
      await coordinator.line(/"step":"power-off"/);
      await sleep(random() * 2_000); // a moment in the midst of the wave, by the seed
      await fault.strike({ replicas, coordinator });

      const end = await coordinator.ended;
      const { code, results } = documentOf(end);
      assert.deepEqual(Object.keys(results).sort(), [...names].sort());
      const untrue = Object.entries(results).filter(([, result]) => result.outcome !== "succeeded");
      assert.deepEqual(untrue, [], "every machine is healthy, so every node comes through");
      assert.equal(code, 0);
      const carriedOut = await countsOfActions();
      for (const [node, actions] of carriedOut) {
        const [off, on] = actions;
        const [offBefore = 0, onBefore = 0] = carriedOutBefore.get(node) ?? [];
        assert.deepEqual([off - offBefore, on - onBefore], [1, 1], `${node} was switched off and on once`);
      }
    });
  }
});

/** How often each machine was really switched off and on. */
async function countsOfActions(): Promise<Map<string, [off: number, on: number]>> {
  const counts = new Map<string, [number, number]>();
  for (const name of names) {
    const actions = await site.powerActions(name);
    counts.set(name, [actions.filter((a) => a === "off").length, actions.filter((a) => a === "on").length]);
  }
  return counts;
}
