import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

/**
 * The faults of the originals (Emulab's node_reboot, os_load and os_setup) that must not come back, and the tests that
 * keep them away. Here it is only seen to that those tests are still there, under these names.
 */
const table: readonly (readonly [fault: string, keptAwayBy: readonly (readonly [file: string, title: string])[]])[] = [
  [
    "an exit status that is the code modulo 256: 256 failures were success",
    [
      ["contracts/results.test.ts", "a code becomes an exit status without losing its meaning"],
      ["agents/cli/commands/reboot.test.ts", "300 failures are exit status 250, and the code says 300"],
    ],
  ],
  [
    "only the last digit of a status kept",
    [
      ["contracts/results.test.ts", "the code is the number of nodes that did not succeed, beyond what an exit status"],
      ["bus/seed/nodereboot.test.ts", "nodereboot of three hundred failing nodes returns 300"],
    ],
  ],
  [
    "concurrent asynchronous calls losing each other's results",
    [["bus/seed/nodereboot.test.ts", "two asynchronous calls at once fill each its own results"]],
  ],
  [
    "a whole batch marked failed for one node",
    [
      ["agents/reload/agent.test.ts", "a reboot that fails for good ends its node alone"],
      ["waves/setup.test.ts", "with a node that fails brings the others up, names it"],
    ],
  ],
  [
    "skipped, rate-limited or unauthorised nodes counted as success",
    [
      ["contracts/results.test.ts", "skipped, denied, busy and cancelled nodes count as failures"],
      ["site/refusals.test.ts", "a user who has just powered a node on is denied"],
      ["site/refusals.test.ts", "one foreign node among one's own"],
    ],
  ],
  [
    "escalated power cycles leaving the pacing",
    [
      ["site/pacing.test.ts", "a circuit never sees more power-ons in its window than it bears, over operations"],
      ["agents/reboot/ladder/reboot-ladder.test.ts", "on a circuit that is paced a node takes its turn before"],
    ],
  ],
  [
    "TBFAILED counted as success when waiting for boot",
    [
      ["agents/reboot/ladder/reboot-ladder.test.ts", "with waitmode ISUP is success, TBFAILED and the deadline are"],
      ["agents/reload/ladder/load-ladder.test.ts", "failed boot-failed via ssh"],
      ["agents/setup/ladder/setup-ladder.test.ts", "failed boot-failed 2 may-help"],
    ],
  ],
  [
    "waiting for nodes already known to have failed",
    [
      ["agents/setup/ladder/setup-ladder.test.ts", "does not wait for a node whose load failed, nor tries it again"],
      [
        "agents/reload/agent.test.ts",
        "a missing image fails each of its nodes at once, and not one reboot is asked for",
      ],
      ["examples/examples.test.ts", "setup-experiment prints the plan, and does not try again what is futile"],
    ],
  ],
];

describe("the seed's faults stay away", () => {
  for (const [fault, keptAwayBy] of table) {
    test(fault, () => {
      for (const [file, title] of keptAwayBy) {
        const text = readFileSync(new URL(file, import.meta.url), "utf8");
        assert.ok(text.includes(title), `test/${file} has no test '${title}' any more`);
      }
    });
  }
});
