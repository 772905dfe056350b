import { stripControls } from "../output/strip-controls.ts";

/** How much of the input is shown on each side of the fault, characters. */
const shownAround = 30;

/**
 * A node set that cannot be read. The message has three lines: what is wrong and what to write instead, the input, and
 * a caret under the place.
 */
export class NodeSetError extends Error {
  readonly code = "node-set-malformed";
  readonly input: string;
  /** Where in `input` the fault is, counted in UTF-16 units from 0. */
  readonly position: number;

  constructor(problem: string, input: string, position: number) {
    super(`${problem}\n${pointAt(input, position)}`);
    this.name = "NodeSetError";
    this.input = input;
    this.position = position;
  }
}

/** The line of the input that holds `position`, shortened to what is near it, with a caret beneath. */
function pointAt(input: string, position: number): string {
  const lineStart = input.lastIndexOf("\n", position - 1) + 1;
  const lineEnd = input.indexOf("\n", position);
  const start = Math.max(lineStart, position - shownAround);
  const end = Math.min(lineEnd === -1 ? input.length : lineEnd, position + shownAround);
  const before = (start > lineStart ? "…" : "") + stripControls(input.slice(start, position));
  return `  ${before}${stripControls(input.slice(position, end))}\n  ${" ".repeat(before.length)}^`;
}
