import assert from "node:assert/strict";
import { test } from "node:test";
import { startProgressBar } from "../../../../agents/cli/output/progress-bar.ts";
import { createTextWriter } from "../../../../agents/cli/output/text-writer.ts";
import { Screen } from "../run-line.ts";

test("the bar tells counts, makes room for lines, and leaves an empty line behind", async () => {
  const screen = new Screen({ isTTY: true });
  const bar = await startProgressBar(createTextWriter(screen), 24);
  bar?.advance({ done: 5, failed: 2, total: 24 });
  bar?.makeRoom();
  screen.write("pc1: on\n");
  bar?.stop();
  assert.match(screen.text, /0\/24 nodes, 0 failed/u);
  assert.match(screen.text, /\r\u001b\[2Kpc1: on\n/u);
  assert.match(screen.text, /5\/24 nodes, 2 failed, 0s[^\n]*\u001b\[1G\u001b\[2K$/u);
  // ESC 8 would take the cursor back to where the bar began, over the results.
  assert.doesNotMatch(screen.text, /\u001b[78]/u);
});

test("a remark is told from its end, as far as the line has room", async () => {
  const lineOf = async (columns: number) => {
    const screen = new Screen({ isTTY: true });
    const bar = await startProgressBar(createTextWriter(Object.assign(screen, { columns })), 2);
    bar?.remark("412.0 MiB of 2.0 GiB, 88.1 MiB/s, 19s left");
    bar?.advance({ done: 1, failed: 0, total: 2 });
    bar?.stop();
    return screen.text;
  };
  assert.match(await lineOf(132), /1\/2 nodes, 0 failed, 0s, 412\.0 MiB of 2\.0 GiB, 88\.1 MiB\/s, 19s left/u);
  assert.match(await lineOf(100), /1\/2 nodes, 0 failed, 0s, 88\.1 MiB\/s, 19s left/u);
  assert.match(await lineOf(60), /1\/2 nodes, 0 failed, 0s\s*\u001b/u);
});

test("what is no terminal gets no bar", async () => {
  assert.equal(await startProgressBar(createTextWriter(new Screen()), 24), undefined);
});
