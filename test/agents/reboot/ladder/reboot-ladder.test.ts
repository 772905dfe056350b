import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../../agents/reboot/ladder/observation.ts";
import { type RebootPlan, nextRebootStep } from "../../../../agents/reboot/ladder/reboot-ladder.ts";
import * as is from "./seen.ts";

const { state, ssh, diag, answers, isSilent, readsOn, readsOff, wentOff, wentOn, turn } = is;

const plain: RebootPlan = {
  ...{ powercycle: false, killmode: false, reconfig: false, prepare: false, waitmode: false },
  ...{ isVirtual: false, hasSubnodes: false, isPaced: false, canSsh: true, canDiag: true },
};

type Row = readonly [seen: readonly Observation[], next: string];

function holds(title: string, plan: Partial<RebootPlan>, rows: readonly Row[]): void {
  test(title, () => {
    for (const [seen, next] of rows) {
      const words = is.wordsOf(nextRebootStep({ ...plain, ...plan }, seen));
      assert.equal(words, next, `after ${seen.map(({ step }) => step).join(", ") || "nothing"}`);
    }
  });
}

const up = [state("ISUP"), answers];
const woken: Observation = { step: "wake", isAwake: true };
const notWoken: Observation = { step: "wake", isAwake: false };

holds("a node that is up is rebooted over ssh; what counts is silence or a new boot id", {}, [
  [[], "look-up-state"],
  [[state("ISUP")], "probe"],
  [up, "ssh-reboot"],
  [[...up, ssh.silence], "succeeded silence-observed via ssh"],
  [[...up, ssh.newBoot], "succeeded boot-id-changed via ssh"],
]);

const quiet: Observation = { step: "await-subnodes", loading: [] };
const loading: Observation = { step: "await-subnodes", loading: ["card1"] };

holds("a node goes down once nothing that is built into it is being loaded", { hasSubnodes: true }, [
  [[], "await-subnodes"],
  [[quiet], "look-up-state"],
  [[loading], "failed subnodes-busy"],
]);

holds("a power cycle waits for them, too", { hasSubnodes: true, powercycle: true }, [
  [[], "await-subnodes"],
  [[quiet], "read-power"],
]);

holds("a node that keeps answering is interrupted, then power cycled", {}, [
  [[...up, ssh.failed], "diag"],
  [[...up, ssh.failed, diag.silence], "succeeded silence-observed via diag"],
  [[...up, ssh.failed, diag.failed], "read-power"],
  [[...up, ssh.failed, diag.failed, readsOn], "power-off"],
  [[...up, ssh.failed, diag.failed, readsOn, wentOff], "power-on"],
  [[...up, ssh.failed, diag.failed, readsOn, wentOff, wentOn], "succeeded power-read-back via power-cycle"],
]);

holds("a node that does not answer is powered on if it reads off, else power cycled", {}, [
  [[state("ISUP"), isSilent], "read-power"],
  [[state("ISUP"), isSilent, readsOff], "power-on"],
  [[state("ISUP"), isSilent, readsOff, wentOn], "succeeded power-read-back via power-on"],
  [[state("ISUP"), isSilent, readsOn], "power-off"],
  [[state("ISUP"), isSilent, readsOn, wentOff], "power-on"],
]);

holds("a state that is unknown proves nothing: the probe decides", {}, [
  [[state(null)], "probe"],
  [[state(null), answers], "ssh-reboot"],
]);

for (const waiting of ["PXEWAIT", "PXEWAKEUP", "PXELIMBO"] as const) {
  holds(`a node in ${waiting} is woken; without an answer it is power cycled, and never probed`, {}, [
    [[state(waiting)], "wake"],
    [[state(waiting), woken], "succeeded woken-up via wakeup"],
    [[state(waiting), notWoken], "read-power"],
    [[state(waiting), notWoken, readsOn], "power-off"],
  ]);
}

holds("with killmode a node in PXEWAIT is power cycled at once", { killmode: true }, [
  [[state("PXEWAIT")], "read-power"],
]);

holds("killmode means nothing to a node that does not wait in PXE", { killmode: true }, [
  [[state("PXEBOOTING")], "probe"],
]);

holds("with powercycle the ladder is skipped, and no silence is waited for", { powercycle: true }, [
  [[], "read-power"],
  [[readsOn], "power-off"],
  [[readsOn, wentOff], "power-on"],
  [[readsOn, wentOff, wentOn], "succeeded power-read-back via power-cycle"],
]);

holds("with powercycle and waitmode the boot before is looked up first", { powercycle: true, waitmode: true }, [
  [[], "look-up-state"],
  [[state("PXEWAIT")], "read-power"],
  [[state("ISUP"), readsOn, wentOff, wentOn], "await-boot"],
]);

holds("reconfig is tried first, and any failure falls through to a reboot", { reconfig: true }, [
  [up, "reconfigure"],
  [[...up, { step: "reconfigure", isDone: true }], "succeeded reconfigured via reconfigure"],
  [[...up, { step: "reconfigure", isDone: false }], "ssh-reboot"],
]);

holds("a node that does not answer is not reconfigured", { reconfig: true }, [
  [[state("ISUP"), isSilent], "read-power"],
]);

holds("prepare runs before ssh, and its failure does not end the reboot", { prepare: true }, [
  [up, "prepare"],
  [[...up, { step: "prepare", isDone: true }], "ssh-reboot"],
  [[...up, { step: "prepare", isDone: false }], "ssh-reboot"],
]);

holds("reconfig comes before prepare", { reconfig: true, prepare: true }, [
  [up, "reconfigure"],
  [[...up, { step: "reconfigure", isDone: false }], "prepare"],
]);

holds("without a host key no ssh is tried at all", { canSsh: false, reconfig: true, prepare: true }, [
  [up, "diag"],
  [[...up, diag.failed], "read-power"],
]);

holds("without a diagnostic interrupt the power cycle comes after ssh", { canDiag: false }, [
  [[...up, ssh.failed], "read-power"],
]);

holds("on a circuit that is paced a node takes its turn before it is touched", { isPaced: true }, [
  [[state("ISUP"), isSilent, readsOn], "take-turn"],
  [[state("ISUP"), isSilent, readsOn, turn], "power-off"],
  [[state("ISUP"), isSilent, readsOff], "take-turn"],
  [[state("ISUP"), isSilent, readsOff, turn], "power-on"],
]);

const bootRows: readonly Row[] = [
  [[...up, ssh.silence], "await-boot"],
  [[...up, ssh.silence, is.isUp], "succeeded isup via ssh"],
  [[...up, ssh.silence, is.bootFailed], "failed boot-failed via ssh"],
  [[...up, ssh.silence, is.bootTimedOut], "failed boot-timeout via ssh"],
  [[state("ISUP"), isSilent, readsOff, wentOn, is.isUp], "succeeded isup via power-on"],
  [[state("PXEWAIT"), woken], "await-boot"],
];
holds("with waitmode ISUP is success, TBFAILED and the deadline are failures", { waitmode: true }, bootRows);

holds("a node that was only reconfigured is not waited for", { waitmode: true, reconfig: true }, [
  [[...up, { step: "reconfigure", isDone: true }], "succeeded reconfigured via reconfigure"],
]);

holds("a virtual node is rebooted on its host, and has no rungs of its own", { isVirtual: true, powercycle: true }, [
  [[], "look-up-state"],
  [[state(null)], "reboot-on-host"],
  [[state(null), { step: "reboot-on-host", isDone: true }], "succeeded host-rebooted via host"],
  [[state(null), { step: "reboot-on-host", isDone: false }], "failed ssh-failed"],
]);

holds("a virtual node's boot is waited for like any other", { isVirtual: true, waitmode: true }, [
  [[state(null), { step: "reboot-on-host", isDone: true }], "await-boot"],
  [[state(null), { step: "reboot-on-host", isDone: true }, is.isUp], "succeeded isup via host"],
]);

holds("a dead BMC ends the ladder with its own reason", {}, [
  [[state("ISUP"), isSilent, { step: "read-power", failure: is.deadBmc }], "failed bmc-unreachable"],
  [[...up, ssh.failed, diag.failed, { step: "read-power", failure: is.deadBmc }], "failed bmc-unreachable"],
]);

holds("a node without power control that outlives every rung is still pinging", { canDiag: false }, [
  [[...up, ssh.failed, { step: "read-power", failure: is.noDriver }], "failed still-pinging"],
  [[state("ISUP"), isSilent, { step: "read-power", failure: is.noDriver }], "failed power-not-controllable"],
]);

test("the end of a ladder that was climbed in vain says that every gentler rung was tried", () => {
  const seen = [...up, ssh.failed, diag.failed, { step: "read-power", failure: is.deadBmc }] as const;
  const step = nextRebootStep(plain, seen);
  assert.match(step.kind === "end" ? (step.ending.detail ?? "") : "", /still answering after ssh.*no answer/);
});
