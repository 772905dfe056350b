import { NodeSetError } from "./node-set-error.ts";

/** One item of a node set, with where it stands in the text it came from. */
export interface Term {
  readonly kind: "pattern" | "group" | "file" | "stdin";
  /** A pattern `pc[1-3]`, a group's name, a file's path; empty for stdin. */
  readonly text: string;
  readonly isExcluded: boolean;
  readonly source: string;
  /** Where `text` begins in `source`. */
  readonly position: number;
}

// A bracket that is never closed ends at white space, so that the fault is told of the item it is in.
const items = /(?:[^\s,[]+|\[[^\]\s]*\]?)+/gu;
const filePrefix = "@file:";

/** Splits a node set at commas and white space outside brackets. `isExcluded` marks every term (`-x SET`). */
export function splitTerms(source: string, options: { isExcluded?: boolean } = {}): Term[] {
  const terms: Term[] = [];
  for (const { 0: item, index } of source.matchAll(items)) {
    const isNegated = item.startsWith("!");
    const position = isNegated ? index + 1 : index;
    const text = isNegated ? item.slice(1) : item;
    const { kind, prefixLength } = classify(text, source, position);
    terms.push({
      kind,
      text: prefixLength === 0 ? text : text.slice(prefixLength),
      isExcluded: isNegated || options.isExcluded === true,
      source,
      position: position + prefixLength,
    });
  }
  return terms;
}

/** Drops `# comments` up to the end of their line; positions and line breaks stay where they are. */
export function blankComments(text: string): string {
  return text.replace(/#[^\n]*/gu, (comment) => " ".repeat(comment.length));
}

function classify(text: string, source: string, start: number): Pick<Term, "kind"> & { prefixLength: number } {
  if (text === "") throw new NodeSetError("'!' excludes what follows it: write !NODES", source, start - 1);
  if (text === "-") return { kind: "stdin", prefixLength: 1 };
  if (!text.startsWith("@")) return { kind: "pattern", prefixLength: 0 };
  const isFile = text.startsWith(filePrefix);
  const prefixLength = isFile ? filePrefix.length : 1;
  if (text.length === prefixLength) {
    const problem = isFile ? "'@file:' needs a path: write @file:PATH" : "'@' needs a group: write @free or @PROJ/EXP";
    throw new NodeSetError(problem, source, start + prefixLength);
  }
  return { kind: isFile ? "file" : "group", prefixLength };
}
