import type { NodeResult } from "../../../contracts/index.ts";
import { stripControls } from "./strip-controls.ts";

/** So many lines of what a node said last are shown; `--json` has them all. */
const maxLines = 12;

/** What a node that failed said last, for a person: the end of its console, or else of its ramdisk's log. Often nothing. */
export function lastWordsOf(node: string, { status, evidence = {} }: NodeResult): readonly string[] {
  const { console, bootLog } = evidence;
  const text = (console ?? bootLog)?.trimEnd();
  if (status === 0 || !text) return [];
  const title = `${node}, the end of ${console === undefined ? "its ramdisk's log" : "its console"}:`;
  return [
    title,
    ...text
      .split("\n")
      .slice(-maxLines)
      .map((line) => `  ${line}`),
  ].map(stripControls);
}
