import { maxNodesPerCommand } from "../../../contracts/index.ts";
import { NodeSetError } from "./node-set-error.ts";
import { type NumberRange, type PatternPart, parsePattern } from "./parse-pattern.ts";
import type { Term } from "./split-terms.ts";

const maxNameLength = 63;
const plainName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/iu;

/**
 * The names a pattern stands for, in lower case and in the order written. How many there are is counted before the
 * first is made, so that `[1-999999999]` costs nothing. Throws `NodeSetError`.
 */
export function expandPattern(term: Pick<Term, "text" | "source" | "position">): string[] {
  // Lists of thousands of names are usual, and hardly one of them has a bracket.
  if (plainName.test(term.text)) return [term.text.toLowerCase()];
  const parts = parsePattern(term);
  if (countNames(parts) > maxNodesPerCommand) {
    throw new NodeSetError(`more than ${maxNodesPerCommand} nodes: name fewer`, term.source, term.position);
  }
  let names = [""];
  for (const part of parts) {
    const endings = typeof part === "string" ? [part.toLowerCase()] : numbersOf(part);
    names = names.flatMap((name) => endings.map((ending) => name + ending));
  }
  for (const name of names) refuseMisshapen(name, term);
  return names;
}

function countNames(parts: readonly PatternPart[]): number {
  let count = 1;
  for (const part of parts) {
    if (typeof part === "string") continue;
    count *= part.reduce((sum, range) => sum + range.last - range.first + 1, 0);
  }
  return count;
}

function numbersOf(ranges: readonly NumberRange[]): string[] {
  const numbers: string[] = [];
  for (const { first, last, width } of ranges) {
    for (let number = first; number <= last; number++) numbers.push(String(number).padStart(width, "0"));
  }
  return numbers;
}

function refuseMisshapen(name: string, term: Pick<Term, "text" | "source" | "position">): void {
  if (name.length > maxNameLength) {
    throw new NodeSetError(`a node's name has at most ${maxNameLength} characters`, term.source, term.position);
  }
  if (name.startsWith("-")) {
    throw new NodeSetError("a node's name begins with a letter or a digit", term.source, term.position);
  }
  if (name.endsWith("-")) {
    const last = term.position + term.text.length - 1;
    throw new NodeSetError("a node's name ends with a letter or a digit", term.source, last);
  }
}
