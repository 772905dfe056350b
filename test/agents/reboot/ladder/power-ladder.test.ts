import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../../agents/reboot/ladder/observation.ts";
import { type PowerPlan, nextPowerStep } from "../../../../agents/reboot/ladder/power-ladder.ts";
import { deadBmc, readsOff, readsOn, turn, wentOff, wentOn, wordsOf } from "./seen.ts";

type Row = readonly [seen: readonly Observation[], next: string];

function holds(title: string, plan: Partial<PowerPlan> & Pick<PowerPlan, "action">, rows: readonly Row[]): void {
  test(title, () => {
    for (const [seen, next] of rows) {
      const words = wordsOf(nextPowerStep({ raw: false, isPaced: false, ...plan }, seen));
      assert.equal(words, next, `after ${seen.map(({ step }) => step).join(", ") || "nothing"}`);
    }
  });
}

const dead: Observation = { step: "read-power", failure: deadBmc };
const unconfirmed = (step: "power-off" | "power-on", mayHaveFired: boolean, reason = deadBmc.reason as string) =>
  ({ step, isConfirmed: false, failure: { ...deadBmc, reason }, mayHaveFired }) as Observation;

holds("status reads and acts on nothing", { action: "status" }, [
  [[], "read-power"],
  [[readsOff], "succeeded power-state-read"],
  [[dead], "failed bmc-unreachable"],
]);

holds("on acts only on a node that reads off, and counts when it is read back", { action: "on" }, [
  [[], "read-power"],
  [[readsOn], "succeeded already-so via power-on"],
  [[readsOff], "power-on"],
  [[readsOff, wentOn], "succeeded power-read-back via power-on"],
  [[dead], "failed bmc-unreachable"],
]);

holds("off acts only on a node that reads on, and counts when it is read back", { action: "off" }, [
  [[readsOff], "succeeded already-so via power-off"],
  [[readsOn], "power-off"],
  [[readsOn, wentOff], "succeeded power-read-back via power-off"],
]);

holds("cycle is off, read back off, on, read back on", { action: "cycle" }, [
  [[], "read-power"],
  [[readsOn], "power-off"],
  [[readsOn, wentOff], "power-on"],
  [[readsOn, wentOff, wentOn], "succeeded power-read-back via power-cycle"],
  [[readsOff], "power-on"],
  [[readsOff, wentOn], "succeeded power-read-back via power-on"],
]);

holds("on a circuit that is paced, what powers on takes its turn", { action: "cycle", isPaced: true }, [
  [[readsOn], "take-turn"],
  [[readsOn, turn], "power-off"],
]);

holds("on a circuit that is paced, off needs no turn", { action: "off", isPaced: true }, [[[readsOn], "power-off"]]);

const raw = { action: "cycle", raw: true } as const;
for (const [plan, command, via] of [
  [raw, "cycle", "power-cycle"],
  [{ action: "reset" }, "reset", "reset"],
  [{ action: "soft" }, "soft", "power-off"],
  [{ action: "diag" }, "diag", "diag"],
] as const) {
  holds(`${command} by the BMC is sent once; what was accepted is said, what is unknown is indeterminate`, plan, [
    [[], `fire ${command}`],
    [[{ step: "fire", outcome: "accepted" }], `succeeded accepted-not-read-back via ${via}`],
    [[{ step: "fire", outcome: "unknown" }], `indeterminate outcome-unknown via ${via}`],
    [[{ step: "fire", failure: deadBmc }], "failed bmc-unreachable"],
  ]);
}

holds("an action that may have left and cannot be read back is indeterminate", { action: "off" }, [
  [[readsOn, unconfirmed("power-off", true)], "indeterminate outcome-unknown"],
  [[readsOn, unconfirmed("power-off", false)], "failed bmc-unreachable"],
  [[readsOn, unconfirmed("power-off", true, "power-not-confirmed")], "failed power-not-confirmed"],
]);

holds("a cycle whose off fails is not powered on", { action: "cycle" }, [
  [[readsOn, unconfirmed("power-off", false)], "failed bmc-unreachable"],
  [[readsOn, wentOff, unconfirmed("power-on", true)], "indeterminate outcome-unknown"],
]);
