import type { NodeState } from "../../../../contracts/index.ts";
import type { Observation } from "../../../../agents/reboot/ladder/observation.ts";
import type { Step } from "../../../../agents/reboot/ladder/step.ts";

/** Observations under short names, so that a test's list of them reads as one line. */
export const state = (name: NodeState | null): Observation => ({
  step: "look-up-state",
  state: name,
  reportId: 7,
  bootId: "b-old",
});
export const answers: Observation = { step: "probe", isAnswering: true };
export const isSilent: Observation = { step: "probe", isAnswering: false };
export const readsOn: Observation = { step: "read-power", power: "on" };
export const readsOff: Observation = { step: "read-power", power: "off" };
export const turn: Observation = { step: "take-turn", waitMs: 0 };
export const wentOff: Observation = { step: "power-off", isConfirmed: true };
export const wentOn: Observation = { step: "power-on", isConfirmed: true };
export const isUp: Observation = { step: "await-boot", outcome: "isup", bootId: "b-new", reportedBy: "address" };
export const bootFailed: Observation = { step: "await-boot", outcome: "tbfailed" };
export const bootTimedOut: Observation = { step: "await-boot", outcome: "timeout" };
const silence = { by: "silence", missedProbes: 3 } as const;
const newBoot = { by: "boot-id", bootId: "b-new" } as const;
export const ssh = {
  silence: { step: "ssh-reboot", wentDown: silence },
  newBoot: { step: "ssh-reboot", wentDown: newBoot },
  failed: { step: "ssh-reboot", wentDown: null },
} as const satisfies Record<string, Observation>;
export const diag = {
  silence: { step: "diag", wentDown: silence },
  failed: { step: "diag", wentDown: null },
} as const satisfies Record<string, Observation>;
export const deadBmc = { reason: "bmc-unreachable", detail: "pc1: no answer" } as const;
export const noDriver = { reason: "power-not-controllable", detail: "no power driver" } as const;

/** A step as one word, an end as `outcome reason via`. */
export function wordsOf(step: Step): string {
  if (step.kind === "do") return step.step === "fire" ? `fire ${step.command}` : step.step;
  const { outcome, reason, via } = step.ending;
  return [outcome, reason, ...(via ? [`via ${via}`] : [])].join(" ");
}
