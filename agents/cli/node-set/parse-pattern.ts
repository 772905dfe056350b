import { NodeSetError } from "./node-set-error.ts";
import type { Term } from "./split-terms.ts";

/** `first` to `last`, both included; `width` is the least number of digits, so that leading zeros are kept. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
  readonly width: number;
}

/** `rack[1-2]-n[01-40]` as the parts it is made of, in order. */
export type PatternPart = string | readonly NumberRange[];

/** More digits than this a number cannot hold exactly. */
const maxDigits = 15;

/** Reads `pc[2-9,12]`: letters, digits and hyphens, with any number of brackets. Throws `NodeSetError`. */
export function parsePattern(term: Pick<Term, "text" | "source" | "position">): PatternPart[] {
  const parts: PatternPart[] = [];
  let at = 0;
  while (at < term.text.length) {
    const open = term.text.indexOf("[", at);
    const literal = term.text.slice(at, open === -1 ? undefined : open);
    refuseStrangers(literal, term, at);
    if (literal !== "") parts.push(literal);
    if (open === -1) break;
    const close = term.text.indexOf("]", open);
    if (close === -1) fail("the bracket is not closed: write pc[1-3]", term, open);
    parts.push(parseBracket(term, open + 1, close));
    at = close + 1;
  }
  return parts;
}

function parseBracket(term: Pick<Term, "text" | "source" | "position">, start: number, end: number): NumberRange[] {
  const ranges: NumberRange[] = [];
  let at = start;
  for (const item of term.text.slice(start, end).split(",")) {
    ranges.push(parseRange(term, item, at));
    at += item.length + 1;
  }
  return ranges;
}

function parseRange(term: Pick<Term, "text" | "source" | "position">, item: string, at: number): NumberRange {
  const [, low, high] = /^(\d+)(?:-(\d+))?$/u.exec(item) ?? [];
  if (low === undefined) fail("a bracket holds numbers and ranges: write [2-9,12]", term, at);
  if (Math.max(low.length, high?.length ?? 0) > maxDigits) fail("this number is too large", term, at);
  const first = Number(low);
  const width = low.startsWith("0") ? low.length : 1;
  if (high === undefined) return { first, last: first, width };
  const highAt = at + low.length + 1;
  if (high.startsWith("0") && high.length !== low.length) {
    fail("both ends need the same number of digits: write [01-40]", term, highAt);
  }
  const last = Number(high);
  if (last < first) fail(`the range runs backwards: write [${high}-${low}]`, term, at);
  return { first, last, width };
}

function refuseStrangers(literal: string, term: Pick<Term, "text" | "source" | "position">, at: number): void {
  const stranger = /[^a-z0-9-]/iu.exec(literal);
  if (!stranger) return;
  const problem =
    stranger[0] === "]" ? "this bracket was never opened" : "a node's name has letters, digits and hyphens";
  fail(problem, term, at + stranger.index);
}

function fail(problem: string, term: Pick<Term, "source" | "position">, at: number): never {
  throw new NodeSetError(problem, term.source, term.position + at);
}
