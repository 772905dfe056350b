import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeResult, type PowerArgs, type RebootArgs, hasShape } from "../../../contracts/index.ts";
import { type RebootCommand, type Records, cutsShort, decideAdmission } from "../../../agents/reboot/admission.ts";
import type { AdmissionFacts, NodeFacts, UserFacts } from "../../../infra/db/index.ts";

const now = "2030-01-02T03:04:05.678Z";
const admin: UserFacts = { user: "admin", kind: "person", isAdmin: true, projects: [] };
const ann: UserFacts = { user: "ann", kind: "person", isAdmin: false, projects: ["demo"] };
const reload: UserFacts = { user: "reload", kind: "agent", isAdmin: false, projects: [] };

function nodeNamed(node: string, more: Partial<NodeFacts> = {}): NodeFacts {
  const type = { isRebootable: true, isImageable: true, defaultImage: null, settings: {} };
  return { node, ...type, project: "demo", isFreed: false, host: null, mac: null, disk: null, ...more };
}

function factsWith(nodes: readonly NodeFacts[], more: Partial<AdmissionFacts> = {}): AdmissionFacts {
  return { user: ann, nodes, unknown: [], isExperimentKnown: true, ...more };
}

const reboot = (args: RebootArgs = { nodelist: ["pc1"] }, hasParent = false): RebootCommand => ({
  verb: "reboot",
  args,
  hasParent,
});
const power = (action: PowerArgs["action"], hasParent = false, more: Partial<PowerArgs> = {}): RebootCommand => ({
  verb: "power",
  args: { action, nodelist: ["pc1"], ...more },
  hasParent,
});
const insistingStatus = power("status", false, { force: true });

/** No node was ever powered on, and none is being loaded. */
const never: Records = { powerOns: new Map(), loads: new Map() };

/** What becomes of each node, as `node`, `node with HOST` or `node: outcome reason`. */
function fatesOf(command: RebootCommand, facts: AdmissionFacts, records = never): readonly string[] {
  const decision = decideAdmission(command, facts, records, now);
  if (decision.kind === "refuse") return [`refused: ${decision.reason}`];
  return decision.runs.map(({ node, waitsFor, result }) => {
    if (result) return `${node}: ${result.outcome} ${result.reason}`;
    return waitsFor === undefined ? node : `${node} with ${waitsFor}`;
  });
}

const rights: readonly (readonly [string, UserFacts, RebootCommand, Partial<NodeFacts>, string])[] = [
  ["an admin may reboot any node", admin, reboot(), { project: "other" }, "pc1"],
  ["an admin may reboot a free node", admin, reboot(), { project: null }, "pc1"],
  ["a user may reboot what is of their project", ann, reboot(), {}, "pc1"],
  ["a user may not reboot what is of another's", ann, reboot(), { project: "other" }, "refused: permission-denied"],
  ["a user may not reboot a free node", ann, reboot(), { project: null }, "refused: permission-denied"],
  ["a user may not power off what is of another's", ann, power("off"), { project: "x" }, "refused: permission-denied"],
  ["anybody may read the power of any node", ann, power("status"), { project: "other" }, "pc1"],
  ["a look that insists needs a right", ann, insistingStatus, { project: "other" }, "refused: permission-denied"],
  ["a look that insists is for whoever may act", ann, insistingStatus, {}, "pc1"],
  ["an agent may act on behalf of a parent", reload, reboot(undefined, true), { project: "other" }, "pc1"],
  ["an agent may not act by itself", reload, reboot(), {}, "refused: permission-denied"],
];
for (const [title, user, command, node, fate] of rights) {
  test(title, () => {
    assert.deepEqual(fatesOf(command, factsWith([nodeNamed("pc1", node)], { user })), [fate]);
  });
}

test("one node without the right to it refuses the whole, and names it", () => {
  const facts = factsWith([nodeNamed("pc1"), nodeNamed("pc2", { project: "other" })]);
  const decision = decideAdmission(reboot(), facts, never, now);
  assert.ok(decision.kind === "refuse" && decision.reason === "permission-denied");
  assert.match(decision.detail, /pc2/);
  assert.doesNotMatch(decision.detail, /pc1/);
});

test("a refusal spells out five names and counts the others", () => {
  const unknown = Array.from({ length: 9 }, (_, index) => `x${index}`);
  const decision = decideAdmission(reboot(), factsWith([], { unknown }), never, now);
  assert.equal(decision.kind === "refuse" && decision.detail, "not in the inventory: x0, x1, x2, x3, x4 and 4 more");
});

const nobody: readonly NodeFacts[] = [];
const refusals: readonly (readonly [string, RebootArgs, AdmissionFacts, string])[] = [
  ["no selection at all", {}, factsWith([nodeNamed("pc1")]), "malformed-arguments"],
  ["two selections", { nodelist: ["pc1"], experiment: "demo/lab" }, factsWith(nobody), "malformed-arguments"],
  ["free nodes for a user", { freemode: true }, factsWith(nobody), "permission-denied"],
  ["no free node", { freemode: true }, factsWith(nobody, { user: admin }), "nodelist-empty"],
  [
    "an unknown experiment",
    { experiment: "demo/x" },
    factsWith(nobody, { isExperimentKnown: false }),
    "experiment-unknown",
  ],
  ["an experiment without nodes", { experiment: "demo/empty" }, factsWith(nobody), "experiment-empty"],
  [
    "an unknown node before one without the right",
    { nodelist: ["x", "pc2"] },
    factsWith([nodeNamed("pc2", { project: "other" })], { unknown: ["x"] }),
    "node-unknown",
  ],
];
for (const [what, args, facts, reason] of refusals) {
  test(`${what} is refused as ${reason}`, () => {
    assert.deepEqual(fatesOf(reboot(args), facts), [`refused: ${reason}`]);
  });
}

test("a node whose type is not rebootable is skipped, and included with force", () => {
  const facts = factsWith([nodeNamed("pc1"), nodeNamed("pc2", { isRebootable: false })]);
  assert.deepEqual(fatesOf(reboot(), facts), ["pc1", "pc2: skipped type-not-rebootable"]);
  assert.deepEqual(fatesOf(reboot({ nodelist: ["pc1"], force: true }), facts), ["pc1", "pc2"]);
});

test("physical nodes come by name, then virtual ones", () => {
  const facts = factsWith([
    nodeNamed("vm1", { host: "far" }),
    nodeNamed("pc2"),
    nodeNamed("a-vm", { host: "far" }),
    nodeNamed("pc1"),
  ]);
  assert.deepEqual(fatesOf(reboot(), facts), ["pc1", "pc2", "a-vm", "vm1"]);
});

test("a virtual node waits for its host if that is rebooted too, and goes its own way if not", () => {
  const guests = [
    nodeNamed("vm1", { host: "pc1" }),
    nodeNamed("vm2", { host: "pc2" }),
    nodeNamed("vm3", { host: "x" }),
  ];
  const facts = factsWith([nodeNamed("pc1"), nodeNamed("pc2", { isRebootable: false }), ...guests]);
  const fates = ["pc1", "pc2: skipped type-not-rebootable", "vm1 with pc1", "vm2", "vm3"];
  assert.deepEqual(fatesOf(reboot(), facts), fates);
});

test("power means nothing to a virtual node, and that is no failure", () => {
  const facts = factsWith([nodeNamed("vm1", { host: "pc1" })]);
  assert.deepEqual(fatesOf(power("cycle"), facts), ["vm1: not-applicable virtual-node"]);
  const decision = decideAdmission(power("cycle"), facts, never, now);
  assert.equal(decision.kind === "admit" && decision.runs[0]?.result?.status, 0);
});

const pc1 = nodeNamed("pc1");
const delays: readonly (readonly [string, RebootCommand, number, NodeFacts, UserFacts, string])[] = [
  ["on soon after", power("on"), 59.2, pc1, ann, "pc1: denied power-cycled-recently"],
  ["a cycle soon after", power("cycle"), 59.2, pc1, ann, "pc1: denied power-cycled-recently"],
  ["an admin's cycle soon after", power("cycle"), 59.2, pc1, admin, "pc1"],
  ["off soon after", power("off"), 59.2, pc1, ann, "pc1"],
  ["a reboot soon after", reboot(), 59.2, pc1, ann, "pc1"],
  ["a cycle after the delay", power("cycle"), 60, pc1, ann, "pc1"],
  ["a cycle of a type without delay", power("cycle"), 59.2, { ...pc1, settings: { powerDelayS: 0 } }, ann, "pc1"],
];
for (const [what, command, sinceS, node, user, fate] of delays) {
  test(`${what} a power-on ends as: ${fate}`, () => {
    assert.deepEqual(
      fatesOf(command, factsWith([node], { user }), { ...never, powerOns: new Map([["pc1", sinceS]]) }),
      [fate],
    );
  });
}

test("a denied node is told when it is allowed again", () => {
  const records = { ...never, powerOns: new Map([["pc1", 12.3]]) };
  const decision = decideAdmission(power("cycle"), factsWith([nodeNamed("pc1")]), records, now);
  const result = decision.kind === "admit" ? decision.runs[0]?.result : undefined;
  assert.ok(hasShape(NodeResult, result));
  assert.equal(result.evidence?.allowedInS, 48);
  assert.match(result.detail ?? "", /12 s ago; allowed again in 48 s/);
});

test("a node in a load that nobody waits for is busy, and its operation named; what waits for it goes its own way", () => {
  const facts = factsWith([nodeNamed("pc1"), nodeNamed("pc2"), nodeNamed("vm1", { host: "pc1" })]);
  const records = { ...never, loads: new Map([["pc1", "f".repeat(32)]]) };
  assert.deepEqual(fatesOf(reboot(), facts, records), ["pc1: busy node-locked", "pc2", "vm1"]);
  const decision = decideAdmission(reboot(), facts, records, now);
  const result = decision.kind === "admit" ? decision.runs[0]?.result : undefined;
  assert.ok(hasShape(NodeResult, result));
  assert.equal(result.evidence?.holder, "f".repeat(32));
  assert.match(result.detail ?? "", /nobody waits for; with --force the load begins anew/);
});

const cuts: readonly (readonly [string, RebootCommand, boolean])[] = [
  ["a reboot", reboot(), true],
  ["a reboot with force", reboot({ nodelist: ["pc1"], force: true }), false],
  ["a reload's own reboot", reboot(undefined, true), false],
  ["power off", power("off"), true],
  ["a power cycle with force", power("cycle", false, { force: true }), false],
  ["power on", power("on"), false],
  ["power status", power("status"), false],
];
for (const [what, command, isCut] of cuts) {
  test(`${what} ${isCut ? "would cut" : "does not ask whether it cuts"} short what a node does`, () => {
    assert.equal(cutsShort(command), isCut);
  });
}

test("the limit of failures is part of what is admitted", () => {
  const facts = factsWith([nodeNamed("pc1"), nodeNamed("pc2")]);
  const decision = decideAdmission(reboot({ nodelist: ["pc1", "pc2"], maxFailures: "50%" }), facts, never, now);
  assert.equal(decision.kind === "admit" && decision.maxFailures, 1);
});
