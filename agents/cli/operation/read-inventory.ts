import {
  type NodeSummary,
  type NodesAnswer,
  type QueryAnswer,
  type QueryArgs,
  type QueryName,
  maxPageRows,
} from "../../../contracts/index.ts";
import { RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { gatherNodes } from "./gather-nodes.ts";

/** A query's answer; throws RefusedError with the reason if there is none. */
export async function askFor<Q extends QueryName>(
  coordinator: Pick<Coordinator, "query">,
  name: Q,
  args: QueryArgs<Q>,
): Promise<QueryAnswer<Q>> {
  const reply = await coordinator.query(name, args);
  if (!reply.ok) throw new RefusedError(reply.reason, reply.detail);
  return reply.answer;
}

/** The inventory page by page: of a group, or of everything. Throws RefusedError. */
export async function* readNodePages(
  coordinator: Pick<Coordinator, "query">,
  args: { readonly group?: string } = {},
): AsyncGenerator<NodesAnswer> {
  let after: string | undefined;
  do {
    const page = await askFor(coordinator, "nodes", { ...args, ...(after === undefined ? {} : { after }) });
    yield page;
    after = page.next;
  } while (after !== undefined);
}

/** The inventory of named nodes, asked for in parts that each fit one page. Throws RefusedError. */
export async function* readNodesNamed(
  coordinator: Pick<Coordinator, "query">,
  names: readonly string[],
): AsyncGenerator<NodesAnswer> {
  for (let start = 0; start < names.length; start += maxPageRows) {
    yield await askFor(coordinator, "nodes", { nodelist: names.slice(start, start + maxPageRows) });
  }
}

/** The names of all reserved nodes, by experiment. Throws RefusedError. */
export async function readNodesByExperiment(
  coordinator: Pick<Coordinator, "query">,
): Promise<ReadonlyMap<string, string[]>> {
  const nodes: NodeSummary[] = [];
  for await (const page of readNodePages(coordinator)) nodes.push(...page.nodes);
  return gatherNodes(nodes, ({ experiment }) => experiment);
}

/** The names of a group's nodes, or undefined if there is no such group. Throws RefusedError. */
export async function readGroupNames(
  coordinator: Pick<Coordinator, "query">,
  group: string,
): Promise<string[] | undefined> {
  const names: string[] = [];
  for await (const page of readNodePages(coordinator, { group })) {
    if (!page.groupKnown) return undefined;
    for (const { node } of page.nodes) names.push(node);
  }
  return names;
}
