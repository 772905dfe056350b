import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Replica, startReplica } from "../faults/replica.ts";
import { siteWith } from "../support/site.ts";

/** As BEHAVIOUR has it by default. */
const pacing = { maxPowerOns: 12, windowS: 5 };
const series = (prefix: string, length: number) => Array.from({ length }, (_, index) => `${prefix}${index + 1}`);
const cycled = series("a", 26);
const escalating = series("h", 14);
const elsewhere = series("b", 8);

const site = siteWith(
  {
    nodes: [
      ...cycled.map((name) => ({ name, circuit: "left" })),
      ...escalating.map((name) => ({ name, circuit: "left", fault: "ssh-hangs" as const })),
      ...elsewhere.map((name) => ({ name, circuit: "right" })),
    ],
  },
  { replicas: 0, pacing },
);
const replicas: Replica[] = [];

describe("a circuit over three processes, two operations and escalations", () => {
  before(async () => {
    replicas.push(...(await Promise.all([1, 2, 3].map(() => startReplica(site.agentsFile)))));
  });
  after(async () => {
    for (const replica of replicas) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ ended }) => ended));
  });

  test("never sees more than twelve power-ons in any five seconds, and delays no other circuit", async (t) => {
    await using reveille = await site.connectAs();
    const operations = await Promise.all([
      reveille.reboot({ nodelist: [...cycled, ...elsewhere], powercycle: true }),
      reveille.reboot({ nodelist: escalating }),
    ]);
    const ends = await Promise.all(operations.map((operation) => operation.wait()));
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
    );

    const powerOns = await powerOnsOf([...cycled, ...escalating]);
    assert.equal(powerOns.length, cycled.length + escalating.length);
    const spans = powerOns.flatMap((at, index) => {
      const next = powerOns[index + pacing.maxPowerOns];
      return next === undefined ? [] : [next - at];
    });
    t.diagnostic(`the closest thirteen power-ons came within ${Math.min(...spans)} ms`);
    assert.ok(Math.min(...spans) >= pacing.windowS * 1_000);
    const others = await powerOnsOf(elsewhere);
    assert.ok(others.at(-1)! < powerOns.at(-1)!, "a congested circuit delayed another");
  });
});

/** When the nodes' BMCs powered them on, ms since the epoch, in order. */
async function powerOnsOf(nodes: readonly string[]): Promise<number[]> {
  const journals = await Promise.all(nodes.map((node) => site.fleet.journal(node)));
  return journals
    .flat()
    .flatMap((entry) => (entry.kind === "power" && entry.control === "on" ? [Date.parse(entry.at)] : []))
    .sort((a, b) => a - b);
}
