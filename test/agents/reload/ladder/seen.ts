import type { LoadFault, Observation } from "../../../../agents/reload/ladder/observation.ts";
import type { Step } from "../../../../agents/reload/ladder/step.ts";
import type { FailureReason } from "../../../../contracts/index.ts";

const at = "2030-01-02T03:04:05.678Z";
const fault = (reason: FailureReason): LoadFault => ({ reason, phase: "load" });

/** What steps of a load may bring, short enough for a table. */
export const checked: Observation = {
  step: "check-images",
  images: [
    { image: "base", rawBytes: 8, fileBytes: 4, rawSha256: "ab".repeat(32), manifestSha256: "cd", partitions: [] },
  ],
  disk: null,
  defaultImage: null,
};
export const isMissing: Observation = { step: "check-images", fault: fault("image-file-missing") };
export const base: Observation = { step: "look-up-state", reportId: 7, bootId: "boot-1" };
export const armed: Observation = { step: "arm", loadId: "1".repeat(32) };
export const rebooted: Observation = { step: "reboot", childOp: "2".repeat(32), via: "ssh", at };
export const started: Observation = { step: "await-start", reportId: 9 };
export const loaded: Observation = { step: "await-load", reportId: 12, loaded: [], transport: "http" };
export const concluded: Observation = { step: "conclude", at };
export const disarmed: Observation = { step: "disarm" };
export const isUp: Observation = { step: "await-boot", outcome: "isup", bootId: "boot-2", reportedBy: "address" };
export const bootFailed: Observation = { step: "await-boot", outcome: "tbfailed" };
export const neverUp: Observation = { step: "await-boot", outcome: "timeout" };
export const retried: Observation = { step: "retry", after: fault("fell-off-reload") };

/** A step that came to nothing. */
export function failsAt(step: "reboot" | "await-start" | "await-load", reason: FailureReason): Observation {
  const failed = { fault: fault(reason) };
  switch (step) {
    case "reboot":
      return { step, ...failed };
    case "await-start":
      return { step, ...failed };
    case "await-load":
      return { step, ...failed };
  }
}

/** The next step in a few words: its name, or how the run ends. */
export function wordsOf(step: Step): string {
  if (step.kind === "end") {
    const { outcome, reason, via } = step.ending;
    return [outcome, reason, ...(via ? ["via", via] : [])].join(" ");
  }
  return step.step === "retry" ? `retry after ${step.after.reason}` : step.step;
}
