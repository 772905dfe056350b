import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInventory, writeInventory } from "../../../../agents/cli/inventory/document-file.ts";

const parse = (text: string) => parseInventory(text, "site.yaml");

function refusalOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
}

test("a document comes back as it was written", () => {
  const document = {
    projects: [{ name: "demo" }],
    nodes: [{ name: "pc1", type: "pc", power: { driver: "none" }, experiment: null }],
  };
  assert.deepEqual(parse(writeInventory(document)), document);
});

test("an empty file is an empty document", () => assert.deepEqual(parse(""), {}));

test("aliases share what is alike", () => {
  const text = "nodes:\n- {name: pc1, power: &p {driver: none}}\n- {name: pc2, power: *p}\n";
  assert.deepEqual(parse(text).nodes?.[1], { name: "pc2", power: { driver: "none" } });
});

test("a file that multiplies itself is refused before it grows", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let depth = 1; depth < 12; depth++) {
    lines.push(`a${depth}: &a${depth} [${Array.from({ length: 9 }, () => `*a${depth - 1}`).join(", ")}]`);
  }
  const beganAt = performance.now();
  assert.match(refusalOf(lines.join("\n")), /too many aliases/u);
  assert.ok(performance.now() - beganAt < 2_000);
});

const faults: readonly (readonly [string, string, RegExp])[] = [
  ["an unknown key of an entry", "nodes:\n- name: pc1\n- name: pc2\n  colour: red\n", /^site\.yaml:4: .*colour/u],
  ["an unknown list", "projects: []\nnoodles: []\n", /^site\.yaml:2: .*noodles/u],
  ["a value of the wrong kind", "nodes:\n- name: pc1\n  sshPort: often\n", /^site\.yaml:3: nodes\/0\/sshPort/u],
  ["a name with a space", "nodes:\n- name: pc 1\n", /^site\.yaml:2: nodes\/0\/name/u],
  ["a line that is no YAML", "nodes:\n- name: [pc1\n", /^site\.yaml:\d: /u],
  ["a key twice", "projects: []\nprojects: []\n", /^site\.yaml:2: .*unique/u],
  ["a list at the top", "- pc1\n", /^site\.yaml:1: /u],
];
for (const [title, text, pattern] of faults) {
  test(`${title} is refused with its line`, () => assert.match(refusalOf(text), pattern));
}
