import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decideChange } from "../../../../agents/registry/inventory/decide-change.ts";
import { defaultsOf } from "../../../../agents/registry/inventory/model.ts";
import { type InventoryChanges, type InventoryKind, inventoryKindNames } from "../../../../contracts/index.ts";
import type { ChangeDecision, ChangeFacts, InventoryEntity, InventoryModel } from "../../../../infra/db/index.ts";

type Entries = Partial<Record<InventoryKind, readonly ({ readonly name: string } & Record<string, unknown>)[]>>;

function modelOf(entries: Entries): InventoryModel {
  return new Map(
    inventoryKindNames.map((kind) => {
      const list = (entries[kind] ?? []).map((entry): InventoryEntity => ({ ...defaultsOf[kind], ...entry }));
      return [kind, new Map(list.map((entity) => [entity.name, entity]))] as const;
    }),
  );
}

const pc = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  type: "pc",
  address: "10.0.0.1",
  power: { driver: "none" },
  ...more,
});

const key = (letter: string) => `U${letter.repeat(55)}`;

const site = modelOf({
  projects: [{ name: "demo" }, { name: "other" }],
  users: [
    { name: "root", publicKey: key("A"), isAdmin: true },
    { name: "lea", publicKey: key("B"), projects: { demo: "leader" } },
    { name: "uwe", publicKey: key("C"), projects: { demo: "user", other: "leader" } },
  ],
  nodeTypes: [{ name: "pc", defaultImage: "base" }],
  experiments: [{ name: "demo/lab" }, { name: "other/lab" }],
  nodes: [
    pc("pc1", { experiment: "demo/lab" }),
    pc("pc2"),
    pc("pc3", { experiment: "other/lab" }),
    pc("vm1", { host: "pc1" }),
  ],
});

const changers = {
  root: { user: "root", isAdmin: true, leads: [] },
  lea: { user: "lea", isAdmin: false, leads: ["demo"] },
  uwe: { user: "uwe", isAdmin: false, leads: ["other"] },
  bob: { user: "bob", isAdmin: false, leads: [] },
};

function decide(
  changes: InventoryChanges | readonly InventoryChanges[],
  more: Partial<ChangeFacts> = {},
  options = {},
) {
  const facts: ChangeFacts = {
    changer: changers.root,
    current: site,
    holders: new Map(),
    bootImages: new Map(),
    freed: new Set(),
    ...more,
  };
  return decideChange(facts, Array.isArray(changes) ? changes : [changes as InventoryChanges], options);
}

/** The differences as `change kind name field,field`, or the refusal. */
function told(decision: ChangeDecision): readonly string[] {
  if (decision.kind === "refuse") return [`${decision.reason}: ${decision.detail}`];
  return decision.differences.map(({ kind, name, change, fields }) =>
    [change, kind, name, fields.map(({ field }) => field).join(",")].join(" ").trim(),
  );
}

describe("what a change makes", () => {
  const cases: readonly (readonly [string, InventoryChanges, readonly string[]])[] = [
    ["nothing for nothing", {}, []],
    ["nothing for what is so already", { set: { nodes: [{ name: "pc2", type: "pc" }] } }, []],
    [
      "a new node with the defaults for what it does not say",
      { set: { nodes: [{ name: "pc9", type: "pc", address: "10.0.0.9", power: { driver: "none" } }] } },
      ["added nodes pc9 type,address,power"],
    ],
    [
      "a change of the fields that are given alone",
      { set: { nodes: [{ name: "pc2", circuit: "c1", liveness: null }] } },
      ["changed nodes pc2 circuit"],
    ],
    [
      "a field cleared by null",
      { set: { nodes: [{ name: "pc1", experiment: null }] } },
      ["changed nodes pc1 experiment"],
    ],
    [
      "an ended experiment and its nodes freed",
      { remove: { experiments: ["demo/lab"] } },
      ["removed experiments demo/lab", "changed nodes pc1 experiment"],
    ],
    [
      "a password told as set and no more",
      { set: { nodes: [{ name: "pc2", sealedPassword: `v1.${"x".repeat(64)}` }] } },
      ["changed nodes pc2 sealedPassword"],
    ],
  ];
  for (const [title, changes, wanted] of cases) test(title, () => assert.deepEqual(told(decide(changes)), wanted));

  test("parts of one change are one", () => {
    const parts = [
      { set: { experiments: [{ name: "demo/new" }] } },
      { set: { nodes: [{ name: "pc2", experiment: "demo/new" }] }, remove: { nodes: ["vm1"] } },
    ];
    assert.deepEqual(told(decide(parts)), [
      "added experiments demo/new",
      "changed nodes pc2 experiment",
      "removed nodes vm1",
    ]);
  });

  test("pruning removes what a given list does not name, and leaves the lists that are not given", () => {
    const nodes = [{ name: "pc1" }, { name: "pc3" }];
    assert.deepEqual(told(decide({ set: { nodes } }, {}, { prune: true })), ["removed nodes pc2", "removed nodes vm1"]);
  });

  test("an entry that must be new and is there, or must be there and is not, is refused", () => {
    const [pc1, pc9] = [{ set: { nodes: [pc("pc1")] } }, { set: { nodes: [pc("pc9")] } }];
    assert.match(told(decide(pc1, {}, { expects: { kind: "nodes", state: "new" } }))[0] ?? "", /pc1 exists already/u);
    assert.match(told(decide(pc9, {}, { expects: { kind: "nodes", state: "existing" } }))[0] ?? "", /no node pc9/u);
  });
});

describe("what is refused, with its entry named and nothing changed", () => {
  const cases: readonly (readonly [string, InventoryChanges, RegExp])[] = [
    [
      "hosts in a circle",
      { set: { nodes: [{ name: "pc1", host: "vm1" }] } },
      /host of nodes goes in a circle: pc1 → vm1 → pc1/u,
    ],
    ["a node that is its own host", { set: { nodes: [{ name: "pc2", host: "pc2" }] } }, /circle: pc2 → pc2/u],
    [
      "a host that is virtual itself",
      { set: { nodes: [{ name: "pc2", host: "vm1" }] } },
      /pc2 lives on vm1, which is a virtual/u,
    ],
    ["a host that is not there", { set: { nodes: [{ name: "pc2", host: "pc8" }] } }, /node pc2 names node pc8/u],
    ["removing a host from under a guest", { remove: { nodes: ["pc1"] } }, /node pc1 is in use: by node vm1/u],
    ["removing what is not there", { remove: { nodes: ["pc8"] } }, /there is no node pc8/u],
    [
      "a project with experiments",
      { remove: { projects: ["demo"] } },
      /project demo is in use: by .*experiment demo\/lab/u,
    ],
    [
      "a new node that lacks its address",
      { set: { nodes: [{ name: "pc8", type: "pc" }] } },
      /pc8 needs address, power/u,
    ],
    [
      "power that names a driver twice",
      { set: { nodes: [{ name: "pc2", power: [{ driver: "none" }, { driver: "none" }] }] } },
      /node pc2: power names a driver twice/u,
    ],
    [
      "power that no driver knows",
      { set: { nodes: [{ name: "pc2", power: { driver: "magic" } }] } },
      /node pc2: power: driver must be one of ipmi, command, none/u,
    ],
    [
      "power that its driver does not know",
      { set: { nodes: [{ name: "pc2", power: { driver: "ipmi", address: "10.0.0.2" } }] } },
      /node pc2: power: the value must have required properties: username$/u,
    ],
    ["a free node with an OS", { set: { nodes: [{ name: "pc2", os: "ubuntu" }] } }, /node pc2 is free/u],
    ["two nodes with one MAC address", macTwice(), /pc1 and pc2 have the same mac/u],
    [
      "a key that is another's",
      { set: { users: [{ name: "bob", publicKey: key("A") }] } },
      /root and bob have the same publicKey/u,
    ],
    ["an agent's name", { set: { users: [{ name: "reload", publicKey: key("D") }] } }, /reserved for the agent/u],
    ["the last admin", { set: { users: [{ name: "root", isRevoked: true }] } }, /no admin would be left/u],
    [
      "an OS in two ways",
      { set: { systems: [{ name: "u", image: "base", version: "u" }] } },
      /system u needs an image/u,
    ],
    ["generic OSes in a circle", systemsInCircle(), /version of systems goes in a circle: a → b → a/u],
    ["a group of strangers", { set: { groups: [{ name: "rack", nodes: ["pc8"] }] } }, /group rack names node pc8/u],
  ];
  for (const [title, changes, pattern] of cases) {
    test(title, () => {
      const [line = "", ...rest] = told(decide(changes));
      assert.deepEqual(rest, []);
      assert.match(line, /^inventory-invalid: /u);
      assert.match(line, pattern);
    });
  }

  function macTwice(): InventoryChanges {
    const mac = "52:54:00:00:00:01";
    return {
      set: {
        nodes: [
          { name: "pc1", mac },
          { name: "pc2", mac },
        ],
      },
    };
  }

  function systemsInCircle(): InventoryChanges {
    return {
      set: {
        systems: [
          { name: "a", version: "b" },
          { name: "b", version: "a" },
        ],
      },
    };
  }

  test("taking away a node that an operation holds", () => {
    const holders = new Map([["pc1", "f".repeat(32)]]);
    assert.match(told(decide({ remove: { experiments: ["demo/lab"] } }, { holders }))[0] ?? "", /pc1 is held by/u);
    assert.deepEqual(told(decide({ set: { nodes: [{ name: "pc1", circuit: "c2" }] } }, { holders })), [
      "changed nodes pc1 circuit",
    ]);
  });
});

describe("a node of one experiment", () => {
  const move = { set: { experiments: [{ name: "demo/two" }], nodes: [{ name: "pc1", experiment: "demo/two" }] } };
  const refusal = /^inventory-invalid: node pc1 is reserved for demo\/lab: release it first/u;

  test("is not reserved for another before it is released", () => {
    assert.match(told(decide(move))[0] ?? "", refusal);
    assert.match(told(decide(move, { changer: changers.lea }))[0] ?? "", refusal);
  });

  test("is not handed on by the change that ends the one", () => {
    assert.match(told(decide({ ...move, remove: { experiments: ["demo/lab"] } }))[0] ?? "", refusal);
  });
});

describe("who may change what", () => {
  const free = (name: string, experiment: string | null) => ({ set: { nodes: [{ name, experiment }] } });
  const cases: readonly (readonly [string, keyof typeof changers, InventoryChanges, boolean])[] = [
    ["an admin changes a type", "root", { set: { nodeTypes: [{ name: "pc", isImageable: false }] } }, true],
    ["a leader reserves a free node", "lea", free("pc2", "demo/lab"), true],
    ["a leader releases the project's node", "lea", free("pc1", null), true],
    ["a leader does not take another project's node", "lea", free("pc3", "demo/lab"), false],
    ["a leader does not give a node to another project", "lea", free("pc1", "other/lab"), false],
    ["a leader makes an experiment", "lea", { set: { experiments: [{ name: "demo/new", os: "base" }] } }, true],
    ["a leader ends an experiment, and frees its nodes", "lea", { remove: { experiments: ["demo/lab"] } }, true],
    ["a leader makes no experiment elsewhere", "lea", { set: { experiments: [{ name: "other/new" }] } }, false],
    [
      "a leader does not change a node itself",
      "lea",
      { set: { nodes: [{ name: "pc1", address: "10.9.9.9" }] } },
      false,
    ],
    ["a leader adds no node", "lea", { set: { nodes: [{ ...pc("pc9") }] } }, false],
    ["a leader takes a member in", "lea", member("uwe", { demo: "user", other: "leader" }), true],
    ["a leader sends a member away", "lea", member("uwe", { other: "leader" }), true],
    ["a leader makes no leader", "lea", member("uwe", { demo: "leader", other: "leader" }), false],
    ["a leader touches no other project's members", "lea", member("uwe", { demo: "user" }), false],
    ["a leader makes no admin", "lea", { set: { users: [{ name: "lea", isAdmin: true }] } }, false],
    ["a member reserves nothing", "uwe", free("pc2", "demo/lab"), false],
    ["a stranger changes nothing", "bob", { set: { projects: [{ name: "mine" }] } }, false],
    ["what changes nothing needs no right", "bob", { set: { projects: [{ name: "demo" }] } }, true],
  ];
  function member(name: string, projects: Record<string, "user" | "leader">): InventoryChanges {
    return { set: { users: [{ name, projects }] } };
  }
  for (const [title, user, changes, isAllowed] of cases) {
    test(title, () => {
      const decision = decide(changes, { changer: changers[user] });
      assert.equal(decision.kind === "refuse" ? decision.reason : "write", isAllowed ? "write" : "permission-denied");
    });
  }

  test("of forty nodes the one without a right is named, and none is reserved", () => {
    const nodes = Array.from({ length: 40 }, (_, index) =>
      pc(`n${index}`, index === 17 ? { experiment: "other/lab" } : {}),
    );
    const current = modelOf({ ...entriesOf(site), nodes });
    const changes = { set: { nodes: nodes.map(({ name }) => ({ name, experiment: "demo/lab" })) } };
    assert.deepEqual(told(decide(changes, { current, changer: changers.lea })), [
      "permission-denied: lea has no right to change node n17",
    ]);
  });

  function entriesOf(model: InventoryModel): Entries {
    return Object.fromEntries([...model].map(([kind, entities]) => [kind, [...entities.values()]]));
  }
});

describe("nodes that are set free", () => {
  const release = { set: { nodes: [{ name: "pc1", experiment: null }] } };
  const freedBy = (image: string | null | undefined) => {
    const decision = decide(release, { bootImages: new Map(image === undefined ? [] : [["pc1", image]]) });
    return decision.kind === "write" ? decision.newlyFreed : [];
  };
  test("with another image than their default are to be loaded", () =>
    assert.deepEqual(freedBy("mine"), [{ node: "pc1", image: "base" }]));
  test("with a load that broke off are to be loaded", () =>
    assert.deepEqual(freedBy(null), [{ node: "pc1", image: "base" }]));
  test("with their default image are clean", () => assert.deepEqual(freedBy("base"), []));
  test("that were never loaded are left alone", () => assert.deepEqual(freedBy(undefined), []));

  test("are not reserved again before they are loaded", () => {
    const reserve = { set: { nodes: [{ name: "pc2", experiment: "demo/lab" }] } };
    assert.match(told(decide(reserve, { freed: new Set(["pc2"]) }))[0] ?? "", /^node-not-clean: .*pc2/u);
    const holders = new Map([["pc2", "f".repeat(32)]]);
    assert.match(told(decide(reserve, { freed: new Set(["pc2"]), holders }))[0] ?? "", /^node-not-clean: .*pc2/u);
    assert.deepEqual(told(decide(reserve, { freed: new Set(["pc3"]) })), ["changed nodes pc2 experiment"]);
  });
});
