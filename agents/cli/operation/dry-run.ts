import { type ActingVerb, type ArgsOf, DryRunAnswer, type NodeSummary, hasShape } from "../../../contracts/index.ts";
import { type CommandRecord, type Ending, RefusedError } from "../conclusion/ending.ts";
import type { Coordinator } from "../coordinator.ts";
import { foldNames } from "../node-set/fold-names.ts";
import { encodeJson } from "../output/json-documents.ts";
import { stripControls } from "../output/strip-controls.ts";
import type { Surroundings } from "../surroundings.ts";
import { foreseeLoads } from "./foresee-loads.ts";
import { gatherNodes } from "./gather-nodes.ts";
import { readNodesNamed } from "./read-inventory.ts";

/** A node as the inventory has it, and what would become of it. */
type PlannedNode = NodeSummary & Partial<DryRunAnswer["nodes"][number]>;

/**
 * Says what would become of each node, as the verb's own agent judges it now (rights, locks, what is recorded), and what
 * the inventory knows of it; touches nothing. Throws RefusedError where the command itself would be refused.
 */
export async function dryRun<V extends ActingVerb>(
  { verb: actingVerb, args }: { readonly verb: V; readonly args: ArgsOf<V> },
  coordinator: Pick<Coordinator, "query" | "plan">,
  { stdout }: Pick<Surroundings, "stdout">,
  told: { readonly record: CommandRecord; readonly isJson: boolean },
): Promise<Ending> {
  const reply = await coordinator.plan(actingVerb, args);
  if (!reply.ok) throw new RefusedError(reply.reason, reply.detail);
  if (!hasShape(DryRunAnswer, reply.answer)) {
    throw new RefusedError("internal-error", "the agent's answer to a dry run is not of this version's shape");
  }
  const planned = actingVerb === "setup" ? await foreseeLoads(reply.answer.nodes, coordinator) : reply.answer.nodes;
  const plans = new Map(planned.map((one) => [one.node, one]));
  const nodes: PlannedNode[] = [];
  for await (const page of readNodesNamed(coordinator, [...plans.keys()])) {
    for (const summary of page.nodes) nodes.push({ ...summary, ...plans.get(summary.node) });
  }
  const { verb, op, user } = told.record;
  if (told.isJson) {
    const plan = { op, verb, user, code: 0, isDryRun: true, args, nodes };
    await stdout.write(`${encodeJson(plan)}\n`);
  } else {
    await stdout.write(`${describe(verb, args, nodes).map(stripControls).join("\n")}\n`);
  }
  return { kind: "answered" };
}

function describe(verb: string, args: Readonly<Record<string, unknown>>, nodes: readonly PlannedNode[]): string[] {
  const own = Object.entries(args).filter(([name]) => name !== "nodelist");
  const written = own.map(([name, value]) => `${name}=${String(value)}`);
  const lines = [
    `would ask for: ${[verb, ...written].join(" ")}`,
    `on ${nodes.length === 1 ? "1 node" : `${nodes.length} nodes`}: ${foldNames(nodes.map((summary) => summary.node))}`,
  ];
  for (const [experiment, names] of gatherNodes(nodes, (summary) => summary.experiment)) {
    lines.push(`of experiment ${experiment}: ${foldNames(names)}`);
  }
  for (const [holder, names] of gatherNodes(nodes, (summary) => summary.holder)) {
    lines.push(`busy, held by operation ${holder}: ${foldNames(names)}`);
  }
  for (const [plan, names] of gatherNodes(nodes, planOf)) lines.push(`${plan}: ${foldNames(names)}`);
  for (const [fate, names] of gatherNodes(nodes, fateOf)) lines.push(`${fate}: ${foldNames(names)}`);
  for (const [obstacle, names] of gatherNodes(nodes, (foreseen) => foreseen.obstacle)) {
    lines.push(`in the way: ${obstacle}: ${foldNames(names)}`);
  }
  for (const [state, names] of gatherNodes(nodes, (summary) => summary.state ?? "nothing reported yet")) {
    lines.push(`now ${state}: ${foldNames(names)}`);
  }
  const estimates = nodes.flatMap(({ estimateS }) => (estimateS === undefined ? [] : [estimateS]));
  if (estimates.length > 0) lines.push(`the slowest takes about ${Math.max(...estimates)} s`);
  return [...lines, "nothing was touched"];
}

/** What would be done with a node, and for how long. */
function planOf({ plan, estimateS = 0 }: PlannedNode): string | undefined {
  return plan === undefined || estimateS === 0 ? plan : `${plan}, about ${estimateS} s`;
}

/** How a node would end at once, or by whose end. */
function fateOf({ result, waitsFor }: PlannedNode): string | undefined {
  if (result)
    return `would end ${result.outcome} (${result.reason}${result.detail && result.outcome !== "busy" ? `, ${result.detail}` : ""})`;
  return waitsFor === undefined ? undefined : `goes with its host ${waitsFor}`;
}
