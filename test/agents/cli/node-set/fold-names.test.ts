import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { foldNames } from "../../../../agents/cli/node-set/fold-names.ts";
import { resolveNodeSet } from "../../../../agents/cli/node-set/resolve-node-set.ts";

const table: readonly (readonly [names: string, folded: string])[] = [
  ["", ""],
  ["pc1", "pc1"],
  ["pc1 pc1", "pc1"],
  ["pc2 pc1", "pc[1,2]"],
  ["pc3 pc1 pc2", "pc[1-3]"],
  ["pc12 pc2 pc3 pc4 pc5 pc6 pc7 pc8 pc9", "pc[2-9,12]"],
  ["pc10 pc9 pc8 pc11", "pc[8-11]"],
  ["n08 n09 n10 n11", "n[08-11]"],
  ["n01 n1 n2 n3", "n[1,01,2,3]"],
  ["n099 n100 n101", "n[099-101]"],
  ["n09 n10 n010 n011 n012", "n[09,10,010-012]"],
  ["head pc2 pc1 admin", "admin,head,pc[1,2]"],
  ["rack3-n02 rack3-n01 rack10-n01 rack2-n07", "rack2-n07,rack3-n[01,02],rack10-n01"],
  ["a1b a2b a3b a1", "a1,a[1-3]b"],
  ["s1234567890123456 s1234567890123457", "s1234567890123456,s1234567890123457"],
];

describe("names fold into the set that stands for exactly them", () => {
  for (const [names, folded] of table) {
    test(`${names || "nothing"} is ${folded || "empty"}`, async () => {
      const list = names.split(" ").filter((name) => name !== "");
      assert.equal(foldNames(list), folded);

      const unfolded = await resolveNodeSet({ included: [folded] }, noSources);
      assert.deepEqual(unfolded.sort(), [...new Set(list)].sort());
    });
  }
});

const noSources = { readGroup: async () => [], readFile: async () => "", readStdin: async () => "" };
