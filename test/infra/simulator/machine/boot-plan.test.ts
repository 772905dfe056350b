import assert from "node:assert/strict";
import { test } from "node:test";
import { planBoot } from "../../../../infra/simulator/machine/boot-plan.ts";
import { createSeededRandom } from "../../../../infra/simulator/seeded-random.ts";

test("a boot takes a time within its bounds, a quarter of it in the firmware", () => {
  const random = createSeededRandom("boots");

  for (let boot = 0; boot < 100; boot++) {
    const { firmwareMs, kernelMs, reaches } = planBoot(new Set(), [1_000, 3_000], random);
    const totalMs = firmwareMs + kernelMs;
    assert.ok(totalMs >= 1_000 && totalMs < 3_000);
    assert.equal(firmwareMs, totalMs / 4);
    assert.equal(reaches, "up");
  }
});

test("a boot ends where the faults have it end", () => {
  const random = createSeededRandom("ends");

  assert.equal(planBoot(new Set(["hangs-in-bios"]), [0, 1], random).reaches, "firmware");
  assert.equal(planBoot(new Set(["never-boots"]), [0, 1], random).reaches, "kernel");
  assert.equal(planBoot(new Set(["never-boots", "hangs-in-bios"]), [0, 1], random).reaches, "firmware");
  assert.equal(planBoot(new Set(["ssh-hangs", "bmc-slow"]), [0, 1], random).reaches, "up");
});
