import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { opId, operationOf, resultOf } from "../fake-coordinator.ts";
import { runLine } from "../run-line.ts";

const isOn = resultOf({ reason: "power-state-read", evidence: { powerReadBack: ["on"] } });
const isOff = resultOf({ reason: "power-state-read", evidence: { powerReadBack: ["off"] } });

test("the action and the nodes become the command's arguments", async () => {
  const { submitted } = await runLine(["power", "cycle", "pc1,pc2", "--raw"]);
  assert.deepEqual(submitted, ["power", { nodelist: ["pc1", "pc2"], action: "cycle", raw: true }, { op: opId }]);
});

test("--force asks BMCs too that are left alone", async () => {
  const { submitted } = await runLine(["power", "status", "pc1", "--force"]);
  assert.deepEqual(submitted, ["power", { nodelist: ["pc1"], action: "status", force: true }, { op: opId }]);
});

test("status says on or off, and nothing more", async () => {
  const operation = () => operationOf({ pc1: isOn, pc2: isOff, pc3: isOn }, { verb: "power" });
  const { stdout, status } = await runLine(["power", "status", "pc[1-3]"], { operation });
  assert.equal(status, 0);
  assert.equal(stdout, "pc1: on\npc2: off\npc3: on\n");
  const atTerminal = await runLine(["power", "status", "pc[1-3]"], { operation, isTerminal: true });
  assert.match(atTerminal.stdout.replace(/\u001b\[\d+m/gu, ""), /\non: pc\[1,3\]\noff: pc2\n$/u);
});

describe("only what takes something away is asked about", () => {
  for (const action of ["on", "status"]) {
    test(`power ${action} of 17 nodes needs no --yes`, async () => {
      assert((await runLine(["power", action, "pc[1-17]"])).submitted);
    });
  }
  for (const action of ["off", "cycle", "reset", "soft", "diag"]) {
    test(`power ${action} of 17 nodes needs --yes without a terminal`, async () => {
      const { submitted, status, stderr } = await runLine(["power", action, "pc[1-17]"]);
      assert.equal(submitted, undefined);
      assert.equal(status, 255);
      assert.match(stderr, new RegExp(`to power ${action} 17 nodes needs --yes`, "u"));
    });
  }
});

describe("what is malformed is refused", () => {
  const table: readonly (readonly [argv: readonly string[], words: RegExp])[] = [
    [["power"], /missing required argument 'action'/u],
    [["power", "on"], /nodelist-empty/u],
    [["power", "explode", "pc1"], /no power action 'explode'; the actions are on, off/u],
    [["power", "off", "pc1", "--raw"], /--raw goes with cycle alone/u],
  ];
  for (const [argv, words] of table) {
    test(argv.join(" "), async () => {
      const { status, stderr, submitted } = await runLine(argv);
      assert.equal(status, 255);
      assert.match(stderr, words);
      assert.equal(submitted, undefined);
    });
  }
});
