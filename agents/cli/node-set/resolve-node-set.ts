import { maxNodesPerCommand } from "../../../contracts/index.ts";
import { expandPattern } from "./expand-pattern.ts";
import { NodeSetError } from "./node-set-error.ts";
import { type Term, blankComments, splitTerms } from "./split-terms.ts";

/** Where the parts of a node set come from that the command line only points to. */
export interface NodeSources {
  /** The nodes of `@group`. */
  readGroup(group: string): Promise<readonly string[]>;
  readFile(path: string): Promise<string>;
  readStdin(): Promise<string>;
}

export interface NodeSetText {
  readonly included: readonly string[];
  /** What `-x` named; `!x` among `included` excludes too. */
  readonly excluded?: readonly string[];
}

/**
 * The names a node set stands for: lower case, each once, in the order first named. Excluding comes last, wherever it
 * was written. An empty set is the caller's to refuse: only it knows what the set was for. Throws `NodeSetError`.
 */
export async function resolveNodeSet(text: NodeSetText, sources: NodeSources): Promise<string[]> {
  const excluded = new Set<string>();
  const included = new Set<string>();
  for (const term of termsOf(text)) {
    const names = await namesOf(term, sources);
    const target = term.isExcluded ? excluded : included;
    for (const name of names) target.add(name);
    if (included.size > maxNodesPerCommand) {
      throw new NodeSetError(`more than ${maxNodesPerCommand} nodes: name fewer`, term.source, term.position);
    }
  }
  return [...included].filter((name) => !excluded.has(name));
}

/** Throws NodeSetError for what can be seen to be wrong without asking anybody: before a bus is even looked for. */
export function checkNodeSet(text: NodeSetText): void {
  for (const term of termsOf(text)) {
    if (term.kind === "pattern") expandPattern(term);
  }
}

function termsOf({ included, excluded = [] }: NodeSetText): Term[] {
  return [
    ...included.flatMap((source) => splitTerms(source)),
    ...excluded.flatMap((source) => splitTerms(source, { isExcluded: true })),
  ];
}

async function namesOf(term: Term, sources: NodeSources): Promise<readonly string[]> {
  switch (term.kind) {
    case "pattern":
      return expandPattern(term);
    case "group":
      return sources.readGroup(term.text);
    case "file":
      return namesListedIn(await sources.readFile(term.text));
    case "stdin":
      return namesListedIn(await sources.readStdin());
  }
}

/** A list holds names and ranges alone: what a file names must not lead to other files. */
function namesListedIn(list: string): string[] {
  const names: string[] = [];
  for (const term of splitTerms(blankComments(list))) {
    if (term.kind !== "pattern" || term.isExcluded) {
      const problem = "a list holds names and ranges alone: give groups and exclusions on the command line";
      throw new NodeSetError(problem, term.source, term.position);
    }
    for (const name of expandPattern(term)) names.push(name);
  }
  return names;
}
