import { type FailureReason, type SuccessReason, type Via, pxeWaitingStates } from "../../../contracts/index.ts";
import { type Observation, type WentDown, seenOf } from "./observation.ts";
import { powerCycle } from "./power-cycle.ts";
import { type Step, end, take } from "./step.ts";

/** What of the command and of the node the ladder depends on. */
export interface RebootPlan {
  readonly powercycle: boolean;
  readonly killmode: boolean;
  readonly reconfig: boolean;
  readonly prepare: boolean;
  readonly waitmode: boolean;
  /** The node lives on another machine: it is rebooted there, and has no rungs of its own. */
  readonly isVirtual: boolean;
  /** Other nodes are built into it, which go down with it. */
  readonly hasSubnodes: boolean;
  /** A host key is recorded, so that ssh may be tried. */
  readonly canSsh: boolean;
  /** The node's circuit bears only so many power-ons at a time. */
  readonly isPaced: boolean;
  /** The power driver can interrupt the node's CPU. */
  readonly canDiag: boolean;
}

/** The node went down or came back by one of the rungs. */
interface Restart {
  readonly via: Via;
  readonly reason: SuccessReason;
}

/**
 * The ladder of BEHAVIOUR §3, pure: from what was seen so far, the next step. The first rung that works ends it. A node
 * with others built into it goes down, by whatever rung, once none of them is being loaded.
 *
 * 1. waiting in PXE → wake it, else power cycle
 * 2. not answering its probe → power on if off, else power cycle
 * 3. reconfigure, if asked for
 * 4. reboot over ssh; what counts is silence or a new boot id
 * 5. diagnostic interrupt
 * 6. power cycle
 */
export function nextRebootStep(plan: RebootPlan, seen: readonly Observation[]): Step {
  if (plan.isVirtual) return nextOnHost(plan, seen);
  if (plan.hasSubnodes) {
    const subnodes = seenOf(seen, "await-subnodes");
    if (!subnodes) return take("await-subnodes");
    if (subnodes.loading.length > 0) {
      return fail("subnodes-busy", "load", `still being loaded: ${subnodes.loading.join(", ")}`);
    }
  }
  // Nothing is decided by the state then, and no boot is waited for that would have to be told from the one before.
  if (plan.powercycle && !plan.waitmode) return afterPowerCycle(plan, seen);
  const base = seenOf(seen, "look-up-state");
  if (!base) return take("look-up-state");
  if (plan.powercycle) return afterPowerCycle(plan, seen);

  if (base.state !== null && pxeWaitingStates.has(base.state)) {
    const wake = seenOf(seen, "wake");
    if (!plan.killmode && !wake) return take("wake");
    if (wake?.isAwake) return afterRestart(plan, seen, { via: "wakeup", reason: "woken-up" });
    return afterPowerCycle(plan, seen);
  }

  const probe = seenOf(seen, "probe");
  if (!probe) return take("probe");
  if (!probe.isAnswering) return afterPowerCycle(plan, seen);

  if (plan.canSsh) {
    const reconfigure = seenOf(seen, "reconfigure");
    if (plan.reconfig && !reconfigure) return take("reconfigure");
    if (reconfigure?.isDone) return succeed({ via: "reconfigure", reason: "reconfigured" }, "reconfigure");

    if (plan.prepare && !seenOf(seen, "prepare")) return take("prepare");
    const ssh = seenOf(seen, "ssh-reboot");
    if (!ssh) return take("ssh-reboot");
    if (ssh.wentDown) return afterRestart(plan, seen, { via: "ssh", reason: reasonOf(ssh.wentDown) });
  }
  if (plan.canDiag) {
    const diag = seenOf(seen, "diag");
    if (!diag) return take("diag");
    if (diag.wentDown) return afterRestart(plan, seen, { via: "diag", reason: reasonOf(diag.wentDown) });
  }
  return afterPowerCycle(plan, seen);
}

function nextOnHost(plan: RebootPlan, seen: readonly Observation[]): Step {
  if (!seenOf(seen, "look-up-state")) return take("look-up-state");
  const onHost = seenOf(seen, "reboot-on-host");
  if (!onHost) return take("reboot-on-host");
  if (onHost.isDone) return afterRestart(plan, seen, { via: "host", reason: "host-rebooted" });
  return fail("ssh-failed", "host", onHost.detail);
}

function afterPowerCycle(plan: RebootPlan, seen: readonly Observation[]): Step {
  const cycle = powerCycle(seen, plan.isPaced);
  if (cycle.kind === "done") return afterRestart(plan, seen, { via: cycle.via, reason: "power-read-back" });
  const { step } = cycle;
  if (step.kind !== "end" || !seenOf(seen, "probe")?.isAnswering) return step;
  // Every gentler rung was climbed first: the end says so.
  const detail = `still answering after ssh; then the power cycle failed: ${step.ending.detail ?? step.ending.reason}`;
  const isUncontrollable = step.ending.reason === "power-not-controllable";
  return end({ ...step.ending, detail, ...(isUncontrollable ? { reason: "still-pinging" } : {}) });
}

function afterRestart(plan: RebootPlan, seen: readonly Observation[], restart: Restart): Step {
  const phase = restart.via === "ssh" || restart.via === "diag" || restart.via === "host" ? restart.via : "power";
  if (!plan.waitmode) return succeed(restart, restart.via === "wakeup" ? "wakeup" : phase);
  const boot = seenOf(seen, "await-boot");
  if (!boot) return take("await-boot");
  switch (boot.outcome) {
    case "isup":
      return succeed({ via: restart.via, reason: "isup" }, "boot");
    case "tbfailed":
      return fail("boot-failed", "boot", undefined, restart.via);
    case "timeout":
      return fail("boot-timeout", "boot", undefined, restart.via);
  }
}

function succeed(restart: Restart, phase: "boot" | "power" | "ssh" | "diag" | "host" | "wakeup" | "reconfigure"): Step {
  return end({ outcome: "succeeded", reason: restart.reason, phase, via: restart.via });
}

function fail(reason: FailureReason, phase: "boot" | "host" | "load", detail?: string, via?: Via): Step {
  return end({ outcome: "failed", reason, phase, ...(detail ? { detail } : {}), ...(via ? { via } : {}) });
}

function reasonOf(wentDown: WentDown): SuccessReason {
  return wentDown.by === "silence" ? "silence-observed" : "boot-id-changed";
}
