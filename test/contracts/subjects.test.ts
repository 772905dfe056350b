import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSubject, subjectsOf } from "../../contracts/index.ts";

const op = "0123456789abcdef0123456789abcdef";
const on = subjectsOf("local");

test("what is built is parsed back into its parts", () => {
  const site = "local";
  assert.deepEqual(parseSubject(on.command("reboot", "alice")), { kind: "cmd", site, verb: "reboot", user: "alice" });
  assert.deepEqual(parseSubject(on.query("nodes", "alice")), { kind: "query", site, name: "nodes", user: "alice" });
  assert.deepEqual(parseSubject(on.inbox("alice", op, "reboot")), {
    kind: "inbox",
    site,
    user: "alice",
    op,
    agent: "reboot",
  });
  assert.deepEqual(parseSubject(on.state("pc1")), { kind: "state", site, node: "pc1" });
  assert.deepEqual(parseSubject(on.wake("reboot")), { kind: "wake", site, agent: "reboot" });
});

test("the subjects are those that clients in other languages rely on", () => {
  assert.equal(on.command("reboot", "alice"), "rv.local.cmd.reboot.alice");
  assert.equal(on.query("operation", "alice"), "rv.local.query.operation.alice");
  assert.equal(on.inbox("alice", op, "reboot"), `rv.local.inbox.alice.${op}.reboot`);
  assert.equal(on.state("pc1"), "rv.local.state.pc1");
  assert.equal(on.wake("boot"), "rv.local.wake.boot");
});

test("an unknown verb is still parsed, so that its sender can be told", () => {
  assert.deepEqual(parseSubject("rv.local.cmd.explode.alice"), {
    kind: "cmd",
    site: "local",
    verb: "explode",
    user: "alice",
  });
});

test("a subject that is none of ours is nobody's, whatever it looks like", () => {
  const strays = [
    "",
    "rv",
    "rv.local",
    "rv.local.cmd",
    "rv.local.cmd.reboot",
    "rv.local.cmd.reboot.",
    "rv.local.cmd..alice",
    "rv..cmd.reboot.alice",
    "rv.local.cmd.reboot.alice.more",
    "rv.local.cmd.reboot.alice.",
    "xx.local.cmd.reboot.alice",
    "RV.local.cmd.reboot.alice",
    "rv.local.CMD.reboot.alice",
    "rv.local.cmd.reboot.*",
    "rv.local.cmd.reboot.>",
    "rv.*.cmd.reboot.alice",
    "rv.local.cmd.reboot.Alice",
    "rv.local.cmd.reboot.al ice",
    "rv.local.cmd.reboot.alice\n",
    "rv.local.cmd.reboot.__proto__",
    "rv.local.query.nodes",
    "rv.local.query.nodes.*",
    `rv.local.inbox.alice.${op}`,
    `rv.local.inbox.alice.${op}.mallory`,
    `rv.local.inbox.*.${op}.reboot`,
    "rv.local.inbox.alice.short.reboot",
    "rv.local.inbox.alice.*.reboot",
    "rv.local.state",
    "rv.local.state.*",
    "rv.local.state.pc1.more",
    "rv.local.wake.mallory",
    "rv.local.wake.*",
    "rv.local.constructor.a.b",
    "_INBOX.abc",
    "$SYS.REQ.SERVER.PING",
  ];
  for (const stray of strays) assert.equal(parseSubject(stray), undefined, JSON.stringify(stray));
});
