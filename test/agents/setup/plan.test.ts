import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type SetupFacts,
  type SystemFacts,
  estimateSetup,
  planSetup,
  resolveSystem,
} from "../../../agents/setup/plan.ts";

const systems = new Map<string, SystemFacts>(
  [
    { name: "ubuntu", version: "ubuntu-24.04", image: null, bootTimeS: null },
    { name: "ubuntu-24.04", version: null, image: "noble", bootTimeS: 40 },
    { name: "round", version: "about", image: null, bootTimeS: null },
    { name: "about", version: "round", image: null, bootTimeS: null },
  ].map((system) => [system.name, system]),
);

/** A node that runs what it is to run, cleanly. */
function nodeWith(more: Partial<SetupFacts> = {}): SetupFacts {
  return {
    node: "pc1",
    host: null,
    subnodeOf: null,
    isImageable: true,
    settings: {},
    os: "noble",
    isNonfatal: false,
    state: "ISUP",
    bootImage: "noble",
    allocation: "ready",
    ...more,
  };
}

/** A plan as words: `reload noble`, `reboot after pc1`. */
function plansOf(nodes: readonly SetupFacts[]): Record<string, string> {
  return Object.fromEntries(
    [...planSetup(nodes, systems)].map(([node, plan]) => {
      const image = "image" in plan ? ` ${plan.image}` : "";
      return [node, `${plan.action}${image}${plan.after === undefined ? "" : ` after ${plan.after}`}`];
    }),
  );
}

const cases: readonly (readonly [string, Partial<SetupFacts>, string])[] = [
  ["clean, with the OS running: left alone", {}, "none"],
  ["the OS by its generic name: its version's image counts", { os: "ubuntu" }, "none"],
  ["new in the experiment, with the OS running: reconfigured", { allocation: null }, "reconfigure"],
  ["dirty: rebooted", { allocation: "dirty" }, "reboot"],
  ["down since its last setup: rebooted", { allocation: "down" }, "reboot"],
  ["in the midst of a setup that broke off: rebooted", { allocation: "setting-up" }, "reboot"],
  ["the right OS on disk and not up: rebooted", { state: "SHUTDOWN" }, "reboot"],
  ["the right OS on disk and never seen: rebooted", { state: null }, "reboot"],
  ["another OS on disk: loaded", { bootImage: "jammy" }, "reload noble"],
  ["another OS on disk, wanted by its generic name: loaded", { os: "ubuntu", bootImage: "jammy" }, "reload noble"],
  ["never loaded: loaded, whatever it reports", { bootImage: undefined }, "reload noble"],
  ["a load that broke off: loaded", { bootImage: null }, "reload noble"],
  ["a type that cannot be loaded, with the OS: rebooted", { isImageable: false, allocation: "down" }, "reboot"],
  ["a type that cannot be loaded, without it: impossible", { isImageable: false, bootImage: "x" }, "impossible noble"],
  ["no OS wanted, up and clean: left alone", { os: null, bootImage: undefined }, "none"],
  ["no OS wanted, down: rebooted", { os: null, bootImage: undefined, state: "TBFAILED" }, "reboot"],
  ["a virtual node that runs: left alone", { host: "pc9", os: null }, "none"],
  ["a virtual node that does not: rebooted, never loaded", { host: "pc9", bootImage: "x", state: null }, "reboot"],
  ["a virtual node that is dirty: rebooted", { host: "pc9", allocation: "dirty" }, "reboot"],
];
describe("a node that is", () => {
  for (const [title, facts, plan] of cases) {
    test(title, () => assert.deepEqual(plansOf([nodeWith(facts)]), { pc1: plan }));
  }
});

/** `pc1` by itself, and what lives on or in it beside it. */
const nests: readonly (readonly [string, Partial<SetupFacts>, Partial<SetupFacts>, Record<string, string>])[] = [
  ["a virtual node whose host stays up: left alone", {}, { host: "pc1" }, { pc1: "none", on1: "none" }],
  [
    "a virtual node whose host is loaded: rebooted after it",
    { bootImage: "x" },
    { host: "pc1" },
    { pc1: "reload noble", on1: "reboot after pc1" },
  ],
  [
    "a virtual node whose host cannot be brought to its OS: left alone",
    { bootImage: "x", isImageable: false },
    { host: "pc1" },
    { pc1: "impossible noble", on1: "none" },
  ],
  [
    "a subnode of a machine that stays up: loaded by itself, its OS is its own",
    {},
    { subnodeOf: "pc1", os: "firmware", bootImage: "old" },
    { pc1: "none", on1: "reload firmware" },
  ],
  [
    "a subnode of a machine that is rebooted: loaded after it, lest the load be cut short",
    { state: "SHUTDOWN" },
    { subnodeOf: "pc1", bootImage: "old" },
    { pc1: "reboot", on1: "reload noble after pc1" },
  ],
  [
    "a subnode that runs its OS, of a machine that is loaded: rebooted after it, for it went down too",
    { bootImage: "x" },
    { subnodeOf: "pc1" },
    { pc1: "reload noble", on1: "reboot after pc1" },
  ],
  [
    "a subnode of a machine that is another experiment's: planned by itself",
    { state: "SHUTDOWN" },
    { subnodeOf: "pc9", state: null },
    { pc1: "reboot", on1: "reboot" },
  ],
  [
    "a subnode that cannot be brought to its OS: impossible, whatever its machine does",
    { state: "SHUTDOWN" },
    { subnodeOf: "pc1", bootImage: "old", isImageable: false },
    { pc1: "reboot", on1: "impossible noble" },
  ],
];
describe("of nodes that live on or in another,", () => {
  for (const [title, machine, inner, plans] of nests) {
    test(title, () => assert.deepEqual(plansOf([nodeWith({ node: "on1", ...inner }), nodeWith(machine)]), plans));
  }

  test("a virtual node on a subnode comes after both, and each is planned once", () => {
    const nodes = [
      nodeWith({ node: "vm1", host: "card1" }),
      nodeWith({ node: "card1", subnodeOf: "pc1" }),
      nodeWith({ bootImage: "x" }),
    ];
    assert.deepEqual(plansOf(nodes), { pc1: "reload noble", card1: "reboot after pc1", vm1: "reboot after card1" });
  });
});

test("a plan says whether the experiment does without the node", () => {
  assert.equal(planSetup([nodeWith({ isNonfatal: true })], systems).get("pc1")?.isNonfatal, true);
});

test("ISUP is waited for twice the BIOS's and the OS's time, and 420 s where one is not known", () => {
  const waitOf = (more: Partial<SetupFacts>) => planSetup([nodeWith(more)], systems).get("pc1")?.waitS;
  assert.equal(waitOf({ os: "ubuntu", settings: { biosTimeS: 60 } }), 200);
  assert.equal(waitOf({ os: "ubuntu" }), 420);
  assert.equal(waitOf({ os: "noble", settings: { biosTimeS: 60 } }), 420);
  assert.equal(waitOf({ os: "noble", settings: { setupWaitS: 30 } }), 30);
});

test("a name that is no OS's is an image's, and a circle ends", () => {
  assert.deepEqual(resolveSystem("jammy", systems), { image: "jammy", bootTimeS: null });
  assert.deepEqual(resolveSystem("round", systems).image, "round");
});

test("a plan takes half of what is waited for, a load its ramdisk and its bytes besides, and a guest its host first", () => {
  const bytes = new Map([["noble", 1024 * 1024 * 100]]);
  const settings = { setupWaitS: 100, reloadStartS: 80 };
  const estimateOf = (more: Partial<SetupFacts>) => {
    const nodes = [nodeWith({ settings, ...more }), nodeWith({ node: "vm1", host: "pc1", settings, state: null })];
    const estimates = estimateSetup(planSetup(nodes, systems), nodes, bytes);
    return [estimates.get("pc1"), estimates.get("vm1")];
  };
  assert.deepEqual(estimateOf({}), [0, 50]);
  assert.deepEqual(estimateOf({ state: null }), [50, 100]);
  assert.deepEqual(estimateOf({ bootImage: "x" }), [155, 205]);
  assert.deepEqual(estimateOf({ allocation: null }), [30, 80]);
});
