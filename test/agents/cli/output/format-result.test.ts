import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursFor } from "../../../../agents/cli/output/colours.ts";
import { foldSummary } from "../../../../agents/cli/output/fold-summary.ts";
import { formatResult } from "../../../../agents/cli/output/format-result.ts";
import { lastWordsOf } from "../../../../agents/cli/output/last-words.ts";
import { stripControls } from "../../../../agents/cli/output/strip-controls.ts";
import { bmcUnreachable, resultOf } from "../fake-coordinator.ts";

const plain = coloursFor({ isTerminal: false }, {});

test("a node's line says what became of it and why", () => {
  const table = [
    [resultOf({ via: "ssh" }), "pc1: succeeded via ssh — silence-observed"],
    [resultOf({ reason: "already-so" }), "pc1: succeeded — already-so"],
    [bmcUnreachable, "pc1: failed bmc-unreachable — nothing answers at the BMC's address"],
    [{ ...bmcUnreachable, detail: "no pong from 10.0.0.1" }, "pc1: failed bmc-unreachable — no pong from 10.0.0.1"],
    [
      resultOf({ status: 1, outcome: "busy", reason: "node-locked", detail: "held by 00ff" }),
      "pc1: busy node-locked — held by 00ff",
    ],
  ] as const;
  for (const [result, line] of table) assert.equal(formatResult("pc1", result, plain), line);
});

test("a line is one line and obeyed by no terminal, whatever a BMC says", () => {
  const evil = { ...bmcUnreachable, detail: "\u001b[2J\u001b]0;owned\u0007gone\r\npc2: succeeded" };
  assert.equal(formatResult("pc1", evil, plain), "pc1: failed bmc-unreachable — gone pc2: succeeded");
  assert.equal(stripControls("a\u009b31mb\u202ec\u0000d\u007fe"), "abcde");
});

test("what a failed node said last is its console's end, or else its ramdisk's log's, and obeyed by no terminal", () => {
  const long = Array.from({ length: 20 }, (_, line) => `line ${line}`).join("\n");
  const console = lastWordsOf("pc1", {
    ...bmcUnreachable,
    evidence: { console: `${long}\n\u001b[2Jpanic\n`, bootLog: "log" },
  });
  assert.deepEqual([console[0], console.at(-1), console.length], ["pc1, the end of its console:", "  panic", 13]);
  const log = lastWordsOf("pc1", { ...bmcUnreachable, evidence: { bootLog: "short disk\n" } });
  assert.deepEqual(log, ["pc1, the end of its ramdisk's log:", "  short disk"]);
  assert.deepEqual(lastWordsOf("pc1", bmcUnreachable), []);
  assert.deepEqual(lastWordsOf("pc1", resultOf({ evidence: { console: "login:" } })), []);
});

test("the summary folds names, gathers by reason and begins with the good", () => {
  const results = {
    pc11: bmcUnreachable,
    pc10: bmcUnreachable,
    pc2: resultOf({ via: "power-cycle" }),
    pc1: resultOf({ via: "ssh" }),
    pc3: resultOf({ via: "ssh" }),
    pc12: resultOf({ status: 1, outcome: "skipped", reason: "too-many-failures" }),
  };
  assert.deepEqual(foldSummary(results, plain), [
    "succeeded: pc[1-3]",
    "failed bmc-unreachable: pc[10,11] — nothing answers at the BMC's address",
    "skipped too-many-failures: pc12 — --max-failures stopped the wave before this node",
  ]);
});

test("colours are for terminals that have them, unless NO_COLOR is set", () => {
  const terminal = { isTerminal: true };
  const red = (colours: typeof plain) => colours.red("x");
  assert.equal(red(coloursFor(terminal, {})), "\u001b[31mx\u001b[39m");
  assert.equal(red(coloursFor(terminal, { NO_COLOR: "" })), "\u001b[31mx\u001b[39m");
  assert.equal(red(coloursFor(terminal, { NO_COLOR: "1" })), "x");
  assert.equal(red(coloursFor(terminal, { TERM: "dumb" })), "x");
  assert.equal(red(plain), "x");
});
