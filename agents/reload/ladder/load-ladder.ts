import { isRetryable } from "../../../contracts/index.ts";
import { type LoadFault, type Observation, attemptOf, ofThisAttempt, seenOf } from "./observation.ts";
import { type Step, end, take } from "./step.ts";

/** What of the command the ladder depends on. */
export interface LoadPlan {
  readonly waitmode: "none" | "reloaded" | "booted";
  readonly noreboot: boolean;
}

/** How often a load is tried; BEHAVIOUR §4 gives it one retry, and nobody else may retry it. */
const maxAttempts = 2;

/**
 * The course of one node's load (BEHAVIOUR §4), pure: from what was seen so far, the next step.
 *
 * 1. are the images whole? A bad one ends the node at once: it is not touched, and there is no retry
 * 2. arm: the loader is selected, under a fresh load id
 * 3. reboot, through the reboot agent; the retry power cycles
 * 4. the ramdisk says that it runs, then that it has written every image, with the right digests
 * 5. conclude: what is on the disk is recorded, and the node boots from it
 * 6. asked for `booted`: it is up
 *
 * A retryable failure in 3 or 4 is tried once more from 2. One in 6 is not: what is on the disk is right, and to write it
 * again would mend nothing.
 */
export function nextLoadStep(plan: LoadPlan, whole: readonly Observation[]): Step {
  const checked = seenOf(whole, "check-images");
  if (!checked) return take("check-images");
  if ("fault" in checked) return failed(checked.fault);

  const seen = ofThisAttempt(whole);
  if (!seenOf(seen, "look-up-state")) return take("look-up-state");
  if (!seenOf(seen, "arm")) return take("arm");
  if (plan.noreboot) return end({ outcome: "succeeded", reason: "load-armed", phase: "load" });

  const reboot = seenOf(seen, "reboot");
  if (!reboot) return take("reboot");
  if ("fault" in reboot) return afterFault(whole, reboot.fault);
  const via = reboot.via === null ? {} : { via: reboot.via };
  if (plan.waitmode === "none") return end({ outcome: "succeeded", reason: "load-begun", phase: "reboot", ...via });

  const start = seenOf(seen, "await-start");
  if (!start) return take("await-start");
  if ("fault" in start) return afterFault(whole, start.fault);
  const load = seenOf(seen, "await-load");
  if (!load) return take("await-load");
  if ("fault" in load) return afterFault(whole, load.fault);
  if (!seenOf(seen, "conclude")) return take("conclude");
  if (plan.waitmode === "reloaded") return end({ outcome: "succeeded", reason: "image-loaded", phase: "load", ...via });

  const boot = seenOf(seen, "await-boot");
  if (!boot) return take("await-boot");
  switch (boot.outcome) {
    case "isup":
      return end({ outcome: "succeeded", reason: "isup", phase: "boot", ...via });
    case "tbfailed":
      return end({ outcome: "failed", reason: "boot-failed", phase: "boot", ...via });
    case "timeout":
      return end({ outcome: "failed", reason: "boot-timeout", phase: "boot", ...via });
  }
}

function afterFault(whole: readonly Observation[], fault: LoadFault): Step {
  if (attemptOf(whole) < maxAttempts && isRetryable(fault.reason)) return { kind: "do", step: "retry", after: fault };
  return seenOf(ofThisAttempt(whole), "disarm") ? failed(fault) : take("disarm");
}

function failed(fault: LoadFault): Step {
  const { reason, phase, detail } = fault;
  const outcome = reason === "cancelled-by-user" ? "cancelled" : "failed";
  return end({ outcome, reason, phase, fault, ...(detail === undefined ? {} : { detail }) });
}

/** Whether the loader is selected for the node by this run, and still to be taken back before the run may end early. */
export function isArmed(whole: readonly Observation[]): boolean {
  return seenOf(whole, "arm") !== undefined && !seenOf(whole, "conclude") && !seenOf(whole, "disarm");
}
