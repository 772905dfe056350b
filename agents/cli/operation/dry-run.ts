import type { ActingVerb, ArgsOf, NodeSelection, NodeSummary } from "../../../contracts/index.ts";
import { type CommandRecord, type Ending, RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { foldNames } from "../node-set/fold-names.ts";
import { encodeJson } from "../output/json-documents.ts";
import { stripControls } from "../output/strip-controls.ts";
import type { Surroundings } from "../surroundings.ts";
import { readNodePages, readNodesNamed } from "./read-inventory.ts";

/** Says what would be asked for, and what the inventory knows of the nodes; touches nothing. Throws RefusedError. */
export async function dryRun(
  args: ArgsOf<ActingVerb>,
  coordinator: Pick<Coordinator, "query">,
  { stdout }: Pick<Surroundings, "stdout">,
  told: { readonly record: CommandRecord; readonly isJson: boolean },
): Promise<Ending> {
  const nodes = await readSelection(args, coordinator);
  const { verb, op, user } = told.record;
  if (told.isJson) {
    const plan = { op, verb, user, code: 0, isDryRun: true, args, nodes };
    await stdout.write(`${encodeJson(plan)}\n`);
  } else {
    await stdout.write(`${describe(verb, args, nodes).map(stripControls).join("\n")}\n`);
  }
  return { kind: "answered" };
}

/** The nodes that the command would be for. Throws RefusedError where the command itself would be refused. */
async function readSelection(args: NodeSelection, coordinator: Pick<Coordinator, "query">): Promise<NodeSummary[]> {
  const nodes: NodeSummary[] = [];
  const unknown: string[] = [];
  const group = args.experiment ?? "free";
  const pages = args.nodelist ? readNodesNamed(coordinator, args.nodelist) : readNodePages(coordinator, { group });
  for await (const page of pages) {
    if (!page.groupKnown && args.experiment !== undefined) {
      throw new RefusedError("experiment-unknown", `there is no experiment ${args.experiment}`);
    }
    nodes.push(...page.nodes);
    unknown.push(...page.unknown);
  }
  if (unknown.length > 0) throw new RefusedError("node-unknown", `not in the inventory: ${foldNames(unknown)}`);
  if (nodes.length > 0) return nodes;
  if (args.experiment === undefined) throw new RefusedError("nodelist-empty", "no node is free");
  throw new RefusedError("experiment-empty", `experiment ${args.experiment} holds no node`);
}

function describe(verb: string, args: Readonly<Record<string, unknown>>, nodes: readonly NodeSummary[]): string[] {
  const own = Object.entries(args).filter(([name]) => name !== "nodelist");
  const written = own.map(([name, value]) => `${name}=${String(value)}`);
  const lines = [
    `would ask for: ${[verb, ...written].join(" ")}`,
    `on ${nodes.length} nodes: ${foldNames(nodes.map((summary) => summary.node))}`,
  ];
  for (const [experiment, names] of gather(nodes, (summary) => summary.experiment)) {
    lines.push(`of experiment ${experiment}: ${foldNames(names)}`);
  }
  for (const [holder, names] of gather(nodes, (summary) => summary.holder)) {
    lines.push(`busy, held by operation ${holder}: ${foldNames(names)}`);
  }
  return [...lines, "nothing was touched"];
}

function gather(
  nodes: readonly NodeSummary[],
  keyOf: (summary: NodeSummary) => string | undefined,
): Map<string, string[]> {
  const gathered = new Map<string, string[]>();
  for (const summary of nodes) {
    const key = keyOf(summary);
    if (key === undefined) continue;
    const names = gathered.get(key);
    if (names) names.push(summary.node);
    else gathered.set(key, [summary.node]);
  }
  return gathered;
}
