import assert from "node:assert/strict";
import { test } from "node:test";
import {
  agentNames,
  agentPermissions,
  allAgentPermissions,
  isAgentName,
  personPermissions,
} from "../../contracts/index.ts";

test("a person may ask in their own name and read their own inboxes, nothing else", () => {
  assert.deepEqual(personPermissions("local", "alice"), {
    publish: ["rv.local.cmd.*.alice", "rv.local.query.*.alice"],
    subscribe: ["rv.local.inbox.alice.>"],
  });
});

test("the reboot agent may do what this table says", () => {
  assert.deepEqual(agentPermissions("local", "reboot"), {
    publish: [
      "rv.local.inbox.*.*.reboot",
      "rv.local.query.*.reboot",
      "rv.local.wake.reboot",
      "rv.local.cmd.wake.reboot",
    ],
    subscribe: [
      "rv.local.cmd.reboot.* reboot",
      "rv.local.cmd.power.* reboot",
      "rv.local.cmd.cancel-reboot.* reboot",
      "rv.local.cmd.cancel-power.* reboot",
      "rv.local.cmd.console.reload reboot",
      "rv.local.inbox.reboot.>",
      "rv.local.state.*",
      "rv.local.wake.reboot",
    ],
  });
});

test("the registry answers and follows states, and the boot agent alone publishes them", () => {
  assert.deepEqual(agentPermissions("local", "registry"), {
    publish: ["rv.local.inbox.*.*.registry", "rv.local.wake.registry"],
    subscribe: [
      "rv.local.query.*.* registry",
      "rv.local.cmd.inventory-apply.* registry",
      "rv.local.state.* registry",
      "rv.local.wake.registry",
    ],
  });
  const publishers = agentNames.filter((agent) =>
    agentPermissions("local", agent).publish.some((subject) => subject.startsWith("rv.local.state.")),
  );
  assert.deepEqual(publishers, ["boot"]);
});

test("of all who might wake a node, the boot agent hears the reboot agent alone", () => {
  const heard = agentPermissions("local", "boot").subscribe.filter((subject) => subject.includes(".cmd."));
  assert.deepEqual(heard, ["rv.local.cmd.wake.reboot boot"]);
});

test("an agent may publish only on inboxes that end in its own name, and command only in its own name", () => {
  for (const [agent, { publish }] of allAgentPermissions("local")) {
    for (const subject of publish.filter((each) => each.includes(".inbox."))) {
      assert.equal(subject, `rv.local.inbox.*.*.${agent}`);
    }
    for (const subject of publish.filter((each) => /\.(?:cmd|query)\./.test(each))) {
      assert.ok(subject.endsWith(`.${agent}`), subject);
    }
  }
});

test("a command or query is received in the queue group of its agent alone", () => {
  for (const [agent, { subscribe }] of allAgentPermissions("local")) {
    for (const entry of subscribe.filter((each) => /\.(?:cmd|query)\./.test(each))) {
      assert.equal(entry.split(" ")[1], agent, entry);
    }
  }
});

test("nobody has a wildcard over all subjects, or over another site", () => {
  const everybody = [...allAgentPermissions("local").values(), personPermissions("local", "alice")];
  for (const subject of everybody.flatMap(({ publish, subscribe }) => [...publish, ...subscribe])) {
    assert.match(subject, /^rv\.local\.(?:cmd|query|inbox|state|progress|wake)\./);
  }
});

test("no permission is made from a name that would widen it", () => {
  for (const name of ["*", ">", "", "a.b", "a.>", "Alice", "a b", "a\n", ...agentNames]) {
    assert.throws(() => personPermissions("local", name), RangeError, JSON.stringify(name));
  }
  for (const site of ["*", ">", "", "a.b"]) {
    assert.throws(() => personPermissions(site, "alice"), RangeError, JSON.stringify(site));
    assert.throws(() => agentPermissions(site, "reboot"), RangeError, JSON.stringify(site));
  }
});

test("an agent's name is known by the list alone", () => {
  assert.ok(isAgentName("reboot"));
  for (const name of ["alice", "", "constructor", "Reboot"]) assert.ok(!isAgentName(name), name);
});
