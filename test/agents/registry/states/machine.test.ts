import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Standing, transition } from "../../../../agents/registry/states/machine.ts";
import { type NodeMode, type NodeState, nodeStates } from "../../../../contracts/index.ts";

/** A report: of the ramdisk, if it stands with a `*`, else of the node's own address. */
type Step = NodeState | `${NodeState}*`;

function follow(steps: readonly Step[]): readonly string[] {
  let before: Standing | undefined;
  return steps.map((step) => {
    const state = step.replace("*", "") as NodeState;
    const after = transition(before, { state, reportedBy: step.endsWith("*") ? "token" : "address" });
    before = after;
    return after.isExpected ? `${after.mode} ${state}` : `${after.mode} ${state}!`;
  });
}

test("a node's first report may be anything", () => {
  for (const state of nodeStates) assert.ok(transition(undefined, { state, reportedBy: "address" }).isExpected);
});

describe("a node's way is as expected in each of its steps:", () => {
  const ways: Readonly<Record<string, readonly Step[]>> = {
    "a reboot over the network boot loader": ["ISUP", "SHUTDOWN", "PXEBOOTING", "BOOTING", "TBSETUP", "ISUP"],
    "a reboot from the disk": ["ISUP", "SHUTDOWN", "BOOTING", "ISUP"],
    "a power cycle, of which nothing was said": ["ISUP", "PXEBOOTING", "BOOTING", "ISUP"],
    "a boot that fails": ["PXEBOOTING", "BOOTING", "TBFAILED", "SHUTDOWN"],
    "a free node that waits and is woken": ["PXEBOOTING", "PXEWAIT", "PXEWAKEUP", "PXEBOOTING", "BOOTING"],
    "a reload": [
      "ISUP",
      "SHUTDOWN",
      "PXEBOOTING",
      "RELOADSETUP*",
      "RELOADING*",
      "RELOADDONE*",
      "PXEBOOTING",
      "BOOTING",
      "ISUP",
    ],
    "a reload whose ramdisk tells of its kernel": [
      "PXEBOOTING",
      "BOOTING*",
      "RELOADSETUP*",
      "RELOADING*",
      "RELOADDONE*",
      "SHUTDOWN*",
    ],
    "a load that fails": ["PXEBOOTING", "RELOADSETUP*", "TBFAILED*", "PXEBOOTING"],
    "a reconfiguration": ["ISUP", "RECONFIG", "TBSETUP", "ISUP"],
    "a node that is switched off and on": ["ISUP", "POWEROFF", "PXEBOOTING", "BOOTING"],
  };
  for (const [what, steps] of Object.entries(ways)) {
    test(what, () =>
      assert.deepEqual(
        follow(steps).filter((step) => step.endsWith("!")),
        [],
      ),
    );
  }
});

test("the mode follows from what is reported", () => {
  assert.deepEqual(follow(["ISUP", "PXEBOOTING", "RELOADSETUP*", "RELOADING*", "RELOADDONE*", "BOOTING", "ISUP"]), [
    "NORMAL ISUP",
    "PXEKERNEL PXEBOOTING",
    "RELOAD RELOADSETUP",
    "RELOAD RELOADING",
    "RELOAD RELOADDONE",
    "NORMAL BOOTING",
    "NORMAL ISUP",
  ]);
});

const odd: readonly (readonly [string, readonly Step[], string])[] = [
  ["an ISUP without a boot", ["SHUTDOWN", "ISUP"], "NORMAL ISUP!"],
  ["a node that falls off the reload path", ["RELOADSETUP*", "RELOADING*", "ISUP"], "NORMAL ISUP!"],
  ["a power cycle in the midst of a load", ["RELOADSETUP*", "RELOADING*", "PXEBOOTING"], "PXEKERNEL PXEBOOTING!"],
  ["a load that goes back", ["RELOADSETUP*", "RELOADING*", "RELOADDONE*", "RELOADING*"], "RELOAD RELOADING!"],
  ["a load that was never begun", ["ISUP", "RELOADDONE*"], "RELOAD RELOADDONE!"],
  ["an OS out of the boot loader's hands", ["PXEBOOTING", "ISUP"], "NORMAL ISUP!"],
];
for (const [title, steps, last] of odd) {
  test(`${title} is flagged, and taken as it is`, () => assert.equal(follow(steps).at(-1), last));
}

test("after a flagged step the next is judged from where the node now is", () => {
  assert.deepEqual(follow(["SHUTDOWN", "ISUP", "SHUTDOWN"]).at(-1), "NORMAL SHUTDOWN");
});

test("states last as long as Emulab lets them, and settled ones for ever", () => {
  const timeoutOf = (mode: NodeMode, from: NodeState, step: Step) =>
    transition(
      { mode, state: from },
      { state: step.replace("*", "") as NodeState, reportedBy: step.endsWith("*") ? "token" : "address" },
    ).timeoutS;
  const table: readonly (readonly [NodeMode, NodeState, Step, number | null])[] = [
    ["NORMAL", "BOOTING", "ISUP", null],
    ["NORMAL", "ISUP", "SHUTDOWN", 120],
    ["PXEKERNEL", "PXEBOOTING", "BOOTING", 180],
    ["NORMAL", "BOOTING", "TBSETUP", 600],
    ["PXEKERNEL", "PXEBOOTING", "RELOADSETUP*", 60],
    ["RELOAD", "RELOADSETUP", "RELOADING*", 600],
    ["RELOAD", "RELOADING", "RELOADDONE*", 60],
    ["PXEKERNEL", "PXEBOOTING", "PXEWAIT", null],
    ["PXEKERNEL", "PXEWAIT", "PXEWAKEUP", 20],
    ["NORMAL", "ISUP", "POWEROFF", null],
  ];
  for (const [mode, from, step, wanted] of table)
    assert.equal(timeoutOf(mode, from, step), wanted, `${from} to ${step}`);
});
