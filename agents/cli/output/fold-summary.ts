import { type NodeResult, type Results, adviceOf, outcomes } from "../../../contracts/index.ts";
import { foldNames } from "../node-set/fold-names.ts";
import type { Colours } from "./colours.ts";
import { colourOf, headlineOf } from "./format-result.ts";
import { stripControls } from "./strip-controls.ts";

interface Group {
  /** Stands for all: the members share outcome and reason. */
  readonly example: NodeResult;
  readonly headline: string;
  readonly nodes: string[];
}

/** Results gathered by what became of the nodes, the good first: `failed bmc-unreachable: pc[10,11] — nothing answers …`. */
export function foldSummary(results: Results, colours: Colours): string[] {
  const groups = new Map<string, Group>();
  for (const [node, result] of Object.entries(results)) {
    const headline = headlineOf(result, { isShort: true });
    const group = groups.get(headline);
    if (group) group.nodes.push(stripControls(node));
    else groups.set(headline, { example: result, headline, nodes: [stripControls(node)] });
  }
  const ordered = [...groups.values()].sort((a, b) => rankOf(a) - rankOf(b) || b.nodes.length - a.nodes.length);
  return ordered.map(({ example, headline, nodes }) => {
    const advice = example.status === 0 ? "" : ` — ${adviceOf(example.reason)}`;
    return `${colourOf(example, colours)(headline)}: ${foldNames(nodes)}${advice}`;
  });
}

function rankOf({ example }: Group): number {
  return outcomes.indexOf(example.outcome);
}
