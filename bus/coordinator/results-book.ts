import { type NodeEvent, type NodeResult, type Results, codeOf } from "../../contracts/index.ts";

/**
 * The coordinator's account of one operation, pure: which nodes are expected, which have ended, and how. A node's first
 * result stands; the same result coming again by another way (inbox and ledger) changes nothing.
 */
export interface ResultsBook {
  readonly results: Results;
  readonly doneCount: number;
  /** Undefined until it is known how many nodes there are. */
  readonly nodeCount: number | undefined;
  /** Every expected node has its result. */
  readonly isComplete: boolean;
  readonly code: number;
  expect(nodeCount: number): void;
  /** True if this is news. */
  record(node: string, result: NodeResult): boolean;
}

export function createResultsBook(): ResultsBook {
  const results: Results = {};
  let doneCount = 0;
  let nodeCount: number | undefined;
  return {
    results,
    get doneCount() {
      return doneCount;
    },
    get nodeCount() {
      return nodeCount;
    },
    get isComplete() {
      return nodeCount !== undefined && doneCount >= nodeCount;
    },
    get code() {
      return codeOf(Object.values(results));
    },
    expect(count) {
      nodeCount = count;
    },
    record(node, result) {
      if (Object.hasOwn(results, node)) return false;
      results[node] = result;
      doneCount += 1;
      return true;
    },
  };
}

/** The results of a book as events, for whoever begins to listen late. */
export function* replayOf(results: Results): Generator<NodeEvent> {
  for (const [node, result] of Object.entries(results)) yield { kind: "result", node, result };
}
