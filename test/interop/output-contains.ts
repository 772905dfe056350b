import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { on } from "node:events";

/** Waits until what a process writes from now on matches. */
export async function outputContains(child: ChildProcess, pattern: RegExp): Promise<void> {
  let output = "";
  for await (const [chunk] of on(child.stdout!, "data", { close: ["end"] }) as AsyncIterable<[Buffer]>) {
    output += chunk.toString();
    if (pattern.test(output)) return;
  }
  assert.match(output, pattern);
}
