import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoadPlan, isArmed, nextLoadStep } from "../../../../agents/reload/ladder/load-ladder.ts";
import type { Observation } from "../../../../agents/reload/ladder/observation.ts";
import * as is from "./seen.ts";

const { checked, base, armed, rebooted, started, loaded, concluded, disarmed, retried, failsAt } = is;

type Row = readonly [seen: readonly Observation[], next: string];

function holds(title: string, plan: Partial<LoadPlan>, rows: readonly Row[]): void {
  test(title, () => {
    for (const [seen, next] of rows) {
      const words = is.wordsOf(nextLoadStep({ waitmode: "reloaded", noreboot: false, ...plan }, seen));
      assert.equal(words, next, `after ${seen.map(({ step }) => step).join(", ") || "nothing"}`);
    }
  });
}

const begun = [checked, base, armed];
const running = [...begun, rebooted, started];

holds("a load is armed before the node is rebooted, and concluded when every digest is right", {}, [
  [[], "check-images"],
  [[checked], "look-up-state"],
  [[checked, base], "arm"],
  [begun, "reboot"],
  [[...begun, rebooted], "await-start"],
  [running, "await-load"],
  [[...running, loaded], "conclude"],
  [[...running, loaded, concluded], "succeeded image-loaded via ssh"],
]);

holds("a bad image ends the node before anything is touched, and is not tried again", {}, [
  [[is.isMissing], "failed image-file-missing"],
]);

holds(
  "with booted, what was loaded must come up; it is not written again because it does not",
  { waitmode: "booted" },
  [
    [[...running, loaded, concluded], "await-boot"],
    [[...running, loaded, concluded, is.isUp], "succeeded isup via ssh"],
    [[...running, loaded, concluded, is.bootFailed], "failed boot-failed via ssh"],
    [[...running, loaded, concluded, is.neverUp], "failed boot-timeout via ssh"],
  ],
);

holds("with none, the node is left to itself once it was restarted", { waitmode: "none" }, [
  [begun, "reboot"],
  [[...begun, rebooted], "succeeded load-begun via ssh"],
]);

holds("with noreboot, the node is left to whoever reboots it", { noreboot: true, waitmode: "none" }, [
  [[checked, base], "arm"],
  [begun, "succeeded load-armed"],
]);

for (const step of ["reboot", "await-start", "await-load"] as const) {
  const before = { reboot: begun, "await-start": [...begun, rebooted], "await-load": running }[step];
  const again = [...before, failsAt(step, "bmc-busy"), retried];
  holds(`a retryable failure of ${step} is tried once more, from arming on`, {}, [
    [[...before, failsAt(step, "bmc-busy")], "retry after bmc-busy"],
    [again, "look-up-state"],
    [[...again, base], "arm"],
    [[...again, base, armed], "reboot"],
    [[...again, base, armed, rebooted, started, loaded, concluded], "succeeded image-loaded via ssh"],
  ]);

  holds(`the second failure of ${step} ends the node, once it is disarmed`, {}, [
    [[...again, ...before.slice(1), failsAt(step, "bmc-busy")], "disarm"],
    [[...again, ...before.slice(1), failsAt(step, "bmc-busy"), disarmed], "failed bmc-busy"],
  ]);

  holds(`a failure of ${step} that a retry cannot mend is not tried again`, {}, [
    [[...before, failsAt(step, "short-disk")], "disarm"],
    [[...before, failsAt(step, "short-disk"), disarmed], "failed short-disk"],
  ]);
}

holds("a reboot that somebody cancelled ends the node as cancelled", {}, [
  [[...begun, failsAt("reboot", "cancelled-by-user")], "disarm"],
  [[...begun, failsAt("reboot", "cancelled-by-user"), disarmed], "cancelled cancelled-by-user"],
]);

test("the loader is to be taken back from the first arming until it is concluded or disarmed, retries included", () => {
  assert.equal(isArmed([checked, base]), false);
  assert.equal(isArmed(begun), true);
  assert.equal(isArmed([...running, failsAt("await-load", "hash-mismatch"), retried]), true);
  assert.equal(isArmed([...running, loaded, concluded]), false);
  assert.equal(isArmed([...begun, failsAt("reboot", "bmc-refused"), disarmed]), false);
});
