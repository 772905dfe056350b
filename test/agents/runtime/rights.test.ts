import assert from "node:assert/strict";
import { test } from "node:test";
import { type Deed, mayDo, rightsOfPeople } from "../../../agents/runtime/rights.ts";
import type { UserFacts } from "../../../infra/db/index.ts";

const person = (more: Partial<UserFacts>): UserFacts => ({
  user: "ann",
  kind: "person",
  isAdmin: false,
  projects: [],
  ...more,
});
const admin = person({ isAdmin: true });
const member = person({ projects: ["demo"] });
const stranger = person({ projects: ["other"] });
const agent = (user: string) => person({ user, kind: "agent" });

/** For each deed, who may: admin, member and stranger on a node of `demo`, and on a free one. */
const table: Readonly<Record<Deed, { readonly reserved: string; readonly free: string }>> = {
  "power-status": { reserved: "yes yes yes", free: "yes yes yes" },
  power: { reserved: "yes yes no", free: "yes no no" },
  reboot: { reserved: "yes yes no", free: "yes no no" },
  reload: { reserved: "yes yes no", free: "yes no no" },
  setup: { reserved: "yes yes no", free: "yes no no" },
};
for (const [deed, { reserved, free }] of Object.entries(table) as [Deed, (typeof table)["power"]][]) {
  test(`who may ${deed} a node`, () => {
    const mayAll = (project: string | null) =>
      [admin, member, stranger]
        .map((user) => (mayDo(deed, { user }, { project, isFreed: false }, { hasParent: false }) ? "yes" : "no"))
        .join(" ");
    assert.deepEqual({ reserved: mayAll("demo"), free: mayAll(null) }, { reserved, free });
  });
}

test("every deed stands in the table", () => {
  assert.deepEqual(Object.keys(rightsOfPeople).sort(), Object.keys(table).sort());
});

test("an agent acts for a parent, whosever node it is, and for nobody else", () => {
  for (const deed of Object.keys(table) as Deed[]) {
    for (const name of ["reload", "setup"]) {
      const node = { project: "demo", isFreed: false };
      assert.ok(mayDo(deed, { user: agent(name) }, node, { hasParent: true }));
      assert.ok(!mayDo(deed, { user: agent(name) }, node, { hasParent: false }));
    }
  }
});

test("by itself setup may load what was freed, and nothing else", () => {
  const alone = { hasParent: false };
  const freed = { project: null, isFreed: true };
  assert.ok(mayDo("reload", { user: agent("setup") }, freed, alone));
  assert.ok(!mayDo("reload", { user: agent("setup") }, { project: null, isFreed: false }, alone));
  assert.ok(!mayDo("reload", { user: agent("setup") }, { project: "demo", isFreed: true }, alone));
  assert.ok(!mayDo("reboot", { user: agent("setup") }, freed, alone));
  assert.ok(!mayDo("reload", { user: agent("reload") }, freed, alone));
});
