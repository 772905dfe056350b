import type { NodeSummary } from "../../../contracts/index.ts";
import type { Coordinator } from "../coordinator.ts";
import { foldNames } from "../node-set/fold-names.ts";
import { compareNaturally } from "../node-set/natural-order.ts";
import { checkNodeSet } from "../node-set/resolve-node-set.ts";
import type { BusFlags } from "../operation/flags.ts";
import { nameNodes } from "../operation/name-nodes.ts";
import { readNodePages, readNodesNamed } from "../operation/read-inventory.ts";
import { encodeJson } from "../output/json-documents.ts";
import { writeTable } from "../output/table.ts";
import type { Surroundings } from "../surroundings.ts";
import { runRead } from "./run-read.ts";

/** The inventory, or the part of it that is named. Names it does not have are told on stderr, and are the exit status. */
export async function listNodes(
  surroundings: Surroundings,
  written: readonly string[],
  flags: BusFlags,
): Promise<void> {
  const { stdout, stderr } = surroundings;
  await runRead(
    surroundings,
    { verb: "nodes", flags, check: () => checkNodeSet({ included: written }) },
    async ({ coordinator, isJson }) => {
      const { nodes, unknown } = await readNodes(coordinator, written, surroundings);
      if (isJson) await stdout.write(`${encodeJson({ nodes, unknown })}\n`);
      else await writeTable(stdout, heading, nodes.map(rowOf));
      if (unknown.length > 0) await stderr.write(`reveille: not in the inventory: ${foldNames(unknown)}\n`);
      return { kind: "answered", missingCount: unknown.length };
    },
  );
}

const heading = ["node", "type", "state", "since", "experiment", "circuit", "held by", "setup"];

function rowOf(summary: NodeSummary): (string | undefined)[] {
  const { node, type, state, stateSince, experiment, circuit, holder } = summary;
  return [node, type, state, stateSince, experiment, circuit, holder, conditionOf(summary)];
}

/** How far the node is: its last setup's word, or what a free one still lacks. */
function conditionOf({ uncleanSince, stuck, allocation }: NodeSummary): string | undefined {
  if (uncleanSince === undefined) return allocation;
  return stuck ? `stuck: unclean since ${uncleanSince}` : "to be loaded anew";
}

async function readNodes(
  coordinator: Coordinator,
  written: readonly string[],
  surroundings: Surroundings,
): Promise<{ nodes: NodeSummary[]; unknown: string[] }> {
  const pages =
    written.length === 0
      ? readNodePages(coordinator)
      : readNodesNamed(coordinator, await nameNodes({ included: written }, coordinator, surroundings));
  const nodes: NodeSummary[] = [];
  const unknown: string[] = [];
  for await (const page of pages) {
    nodes.push(...page.nodes);
    unknown.push(...page.unknown);
  }
  nodes.sort((a, b) => compareNaturally(a.node, b.node));
  return { nodes, unknown };
}
