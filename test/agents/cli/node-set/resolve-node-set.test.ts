import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NodeSetError } from "../../../../agents/cli/node-set/node-set-error.ts";
import { type NodeSources, resolveNodeSet } from "../../../../agents/cli/node-set/resolve-node-set.ts";

const sources: NodeSources = {
  readGroup: async (group) => (group === "free" ? ["pc3", "pc4"] : []),
  readFile: async (path) =>
    path === "list.txt" ? "pc1, pc[2-3] # the first three\n\n# nothing here: pc99\nPC7\n" : "",
  readStdin: async () => "pc5 pc6\npc5",
};

async function resolve(...included: string[]): Promise<string> {
  return (await resolveNodeSet({ included }, sources)).join(" ");
}

describe("a node set stands for the names it describes", () => {
  const table: readonly (readonly [written: readonly string[], names: string])[] = [
    [["pc1"], "pc1"],
    [["pc1", "pc2"], "pc1 pc2"],
    [["pc1,pc2 pc3\tpc4,,"], "pc1 pc2 pc3 pc4"],
    [["pc[2-4,12]"], "pc2 pc3 pc4 pc12"],
    [["PC1", "pc1"], "pc1"],
    [["n[08-11]"], "n08 n09 n10 n11"],
    [["n[098-101]"], "n098 n099 n100 n101"],
    [["n[98-101]"], "n98 n99 n100 n101"],
    [["n[01,1]"], "n01 n1"],
    [["rack[1-2]-n[01-02]"], "rack1-n01 rack1-n02 rack2-n01 rack2-n02"],
    [["[1-2]a"], "1a 2a"],
    [["pc[1-5]", "!pc[2-3]"], "pc1 pc4 pc5"],
    [["!pc2", "pc[1-3]"], "pc1 pc3"],
    [["pc[1-3],!pc9"], "pc1 pc2 pc3"],
    [["@free"], "pc3 pc4"],
    [["@free", "!pc4"], "pc3"],
    [["pc[1-5]", "!@free"], "pc1 pc2 pc5"],
    [["-"], "pc5 pc6"],
    [["@file:list.txt"], "pc1 pc2 pc3 pc7"],
    [["@file:list.txt", "-", "!pc[1-5]"], "pc7 pc6"],
    [[], ""],
    [["pc1", "!pc1"], ""],
  ];
  for (const [written, names] of table) {
    test(`${JSON.stringify(written)} is ${names || "empty"}`, async () => {
      assert.equal(await resolve(...written), names);
    });
  }

  test("everything that -x names is left out", async () => {
    const names = await resolveNodeSet({ included: ["pc[1-9]"], excluded: ["pc[2-5] @free", "pc9"] }, sources);
    assert.deepEqual(names, ["pc1", "pc6", "pc7", "pc8"]);
  });
});

describe("a node set that cannot be read is refused, with the place", () => {
  const table: readonly (readonly [written: string, position: number, problem: RegExp])[] = [
    ["pc[1-3", 2, /not closed/u],
    ["pc1,pc[1-3 pc4", 6, /not closed/u],
    ["pc]1", 2, /never opened/u],
    ["pc[]", 3, /numbers and ranges/u],
    ["pc[1,,2]", 5, /numbers and ranges/u],
    ["pc[a-b]", 3, /numbers and ranges/u],
    ["pc[1-]", 3, /numbers and ranges/u],
    ["pc[1-2-3]", 3, /numbers and ranges/u],
    ["pc[[1]]", 3, /numbers and ranges/u],
    ["pc[9-2]", 3, /backwards: write \[2-9\]/u],
    ["pc[1-040]", 5, /same number of digits/u],
    ["pc[1-9999999999999999]", 3, /too large/u],
    ["pc1;reboot", 3, /letters, digits and hyphens/u],
    ["pc1 pc_2", 6, /letters, digits and hyphens/u],
    ["../etc/passwd", 0, /letters, digits and hyphens/u],
    ["-pc1", 0, /begins with a letter/u],
    ["pc1-", 3, /ends with a letter/u],
    ["n".repeat(64), 0, /at most 63 characters/u],
    ["pc1,!", 4, /write !NODES/u],
    ["@", 1, /needs a group/u],
    ["@file:", 6, /needs a path/u],
    ["[1-999999999]", 0, /more than 65536 nodes/u],
    ["a[1-300]b[1-300]", 0, /more than 65536 nodes/u],
    ["a[1-40000] b[1-40000]", 11, /more than 65536 nodes/u],
  ];
  for (const [written, position, problem] of table) {
    test(`${JSON.stringify(written.slice(0, 30))}: ${problem.source}`, async () => {
      await assert.rejects(resolve(written), (error) => {
        assert(error instanceof NodeSetError);
        assert.equal(error.code, "node-set-malformed");
        assert.match(error.message, problem);
        assert.equal(error.position, position);
        return true;
      });
    });
  }

  test("the message has a caret under the fault, also in a long set", async () => {
    await assert.rejects(resolve("pc1,pc[9-2],pc3"), { message: /\n {2}pc1,pc\[9-2\],pc3\n {2} {7}\^$/u });
    const long = `${"pc1,".repeat(50)}pc[9-2]`;
    await assert.rejects(resolve(long), { message: /\n {2}…c1,(?:pc1,)+pc\[9-2\]\n {2} {31}\^$/u });
  });

  test("a list that leads to other lists is refused", async () => {
    const nested: NodeSources = { ...sources, readStdin: async () => "pc1\n@file:/etc/passwd" };
    await assert.rejects(resolveNodeSet({ included: ["-"] }, nested), /a list holds names and ranges alone/u);
  });
});
