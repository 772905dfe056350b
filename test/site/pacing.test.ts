import assert from "node:assert/strict";
import { test } from "node:test";
import { siteWith } from "../support/site.ts";

const maxPowerOns = 4;
const windowS = 2;

const nodes = [
  ...Array.from({ length: 12 }, (_, index) => ({ name: `a${index + 1}`, circuit: "left" })),
  // Nodes that ignore ssh are power cycled in the end: an escalation is paced like any other power-on.
  ...Array.from({ length: 4 }, (_, index) => ({ name: `h${index + 1}`, circuit: "left", fault: "ssh-hangs" as const })),
  ...Array.from({ length: 16 }, (_, index) => ({
    name: `w${index + 10}`,
    circuit: "wave",
    ...(index === 0 ? { fault: "bmc-wrong-password" as const } : {}),
  })),
  { name: "free1" },
  { name: "right1", circuit: "right" },
];
const site = siteWith({ nodes }, { replicas: 3, pacing: { maxPowerOns, windowS } });

/** When each machine of the circuit was powered on by its BMC, ms since the epoch, in order. */
async function powerOnsOf(circuit: string): Promise<number[]> {
  const names = nodes.filter((node) => "circuit" in node && node.circuit === circuit).map(({ name }) => name);
  const journals = await Promise.all(names.map((name) => site.fleet.journal(name)));
  return journals
    .flat()
    .flatMap((entry) => (entry.kind === "power" && entry.control === "on" ? [Date.parse(entry.at)] : []))
    .sort((a, b) => a - b);
}

test("a circuit never sees more power-ons in its window than it bears, over operations, replicas and escalations", async () => {
  await using reveille = await site.connectAs();
  const began = Date.now();
  const names = (prefix: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);
  const operations = await Promise.all([
    reveille.power({ action: "cycle", nodelist: [...names("a", 1, 6), "free1", "right1"] }),
    reveille.reboot({ nodelist: names("a", 7, 12), powercycle: true }),
    reveille.reboot({ nodelist: names("h", 1, 4) }),
  ]);
  const ends = await Promise.all(operations.map((operation) => operation.wait()));
  assert.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0],
  );

  const powerOns = await powerOnsOf("left");
  assert.equal(powerOns.length, 16);
  for (const [index, at] of powerOns.entries()) {
    const tooMany = powerOns[index + maxPowerOns];
    assert.ok(
      tooMany === undefined || tooMany - at >= windowS * 1_000,
      `${maxPowerOns + 1} power-ons within ${(tooMany ?? 0) - at} ms`,
    );
  }
  const unpaced = ["free1", "right1"].map((node) => Date.parse(ends[0]?.results[node]?.finishedAt ?? ""));
  const lastOfLeft = powerOns.at(-1) ?? 0;
  for (const finishedAt of unpaced) assert.ok(finishedAt < lastOfLeft, "a congested circuit delayed another");
  assert.ok(lastOfLeft - began >= 3 * windowS * 1_000, "sixteen power-ons at four a window take three windows");
});

test("a wave stops when more nodes have failed than it allows: whoever still waits for a turn is skipped untouched", async () => {
  await using reveille = await site.connectAs();
  const wave = Array.from({ length: 16 }, (_, index) => `w${index + 10}`);
  const operation = await reveille.power({ action: "cycle", nodelist: wave, maxFailures: 0 });
  const { code, results } = await operation.wait();
  assert.equal(results["w10"]?.reason, "bmc-password-invalid");
  // The last four have their turn three windows later.
  for (const node of wave.slice(-maxPowerOns)) {
    const { outcome, reason } = results[node]!;
    assert.deepEqual([outcome, reason], ["skipped", "too-many-failures"], node);
    assert.deepEqual(await site.powerActions(node), [], node);
  }
  const begun = wave.filter((node) => results[node]?.outcome === "succeeded");
  assert.equal(code, wave.length - begun.length);
});
