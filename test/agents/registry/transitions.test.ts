import assert from "node:assert/strict";
import { test } from "node:test";
import { isExpected } from "../../../agents/registry/transitions.ts";
import { type NodeState, nodeStates } from "../../../contracts/index.ts";

test("a node's first report may be anything", () => {
  for (const state of nodeStates) assert.ok(isExpected(undefined, state));
});

const boots: Readonly<Record<string, readonly NodeState[]>> = {
  "a reboot over the network boot loader": ["ISUP", "SHUTDOWN", "PXEBOOTING", "BOOTING", "TBSETUP", "ISUP"],
  "a power cycle, of which nothing was said": ["ISUP", "PXEBOOTING", "BOOTING", "ISUP"],
  "a boot that fails": ["PXEBOOTING", "BOOTING", "TBFAILED", "SHUTDOWN"],
  "a free node that waits and is woken": ["PXEBOOTING", "PXEWAIT", "PXEWAKEUP", "PXEBOOTING", "BOOTING"],
  "a reload": ["PXEBOOTING", "RELOADSETUP", "RELOADING", "RELOADDONE", "SHUTDOWN", "PXEBOOTING", "BOOTING"],
};
for (const [what, states] of Object.entries(boots)) {
  test(`${what} is as expected in each of its steps`, () => {
    for (const [index, state] of states.entries()) assert.ok(isExpected(states[index - 1], state), state);
  });
}

const odd: readonly (readonly [NodeState, NodeState])[] = [
  ["SHUTDOWN", "ISUP"],
  ["RELOADING", "ISUP"],
  ["RELOADDONE", "RELOADING"],
  ["ISUP", "RELOADDONE"],
];
for (const [from, to] of odd) {
  test(`${to} right after ${from} is flagged`, () => assert.ok(!isExpected(from, to)));
}
