import type { SetupArgs } from "../../contracts/index.ts";
import type { AdmissionDecision, AdmissionFacts, ExperimentRecords } from "../../infra/db/index.ts";
import { maxFailuresOf, named, refuse, refuseSelection } from "../runtime/commands/refuse-selection.ts";
import { unstartedResult } from "../runtime/commands/unstarted-result.ts";
import { mayDo } from "../runtime/rights.ts";
import { type NodePlan, type SystemFacts, estimateSetup, planSetup } from "./plan.ts";

/**
 * Whether a setup is admitted, and what each node's part of it is, pure. Refused as a whole for an experiment that is
 * not there, holds no node or is another project's, and for an OS that no image holds which the user may load.
 */
export function decideAdmission(
  args: SetupArgs,
  facts: AdmissionFacts,
  records: ExperimentRecords,
  now: string,
): AdmissionDecision {
  const denied = refuseSelection(args, facts, (node) => mayDo("setup", facts, node, { hasParent: false }));
  if (denied) return denied;
  const systems = new Map(records.systems.map((system): [string, SystemFacts] => [system.name, system]));
  const nodes = records.nodes.map(({ wasLoaded, bootImage, ...node }) => ({
    ...node,
    bootImage: wasLoaded ? bootImage : undefined,
  }));
  const plans = planSetup(nodes, systems);
  const fileBytesOf = new Map(records.images.map(({ image, fileBytes }) => [image, fileBytes]));
  const missing = [...plans].flatMap(([node, plan]) =>
    plan.action === "reload" && !fileBytesOf.has(plan.image) ? [{ node, image: plan.image }] : [],
  );
  const [first] = missing;
  if (first) {
    const nodesWithout = named(missing.map(({ node }) => node));
    return refuse("image-unknown", `no image ${first.image} that ${facts.user.user} may load, for ${nodesWithout}`);
  }
  const estimates = estimateSetup(plans, nodes, fileBytesOf);
  const ordered = [...plans].sort(
    ([a, planA], [b, planB]) =>
      Number(planA.after !== undefined) - Number(planB.after !== undefined) || (a < b ? -1 : 1),
  );
  const runs = ordered.map(([node, plan]) => ({
    node,
    progress: { plan },
    plan: describePlan(plan),
    ...(plan.action === "reload" ? { images: [plan.image] } : {}),
    estimateS: estimates.get(node) ?? 0,
    ...(plan.isNonfatal ? { isNonfatal: true } : {}),
    ...(plan.action === "impossible" ? { result: impossibleResult(plan, now) } : {}),
  }));
  const maxFailures = maxFailuresOf(args.maxFailures, runs.length);
  return { kind: "admit", runs, ...(maxFailures === undefined ? {} : { maxFailures }) };
}

/** A plan in words: `reload base`, `reboot after pc1`. */
function describePlan(plan: NodePlan): string {
  const image = plan.action === "reload" || plan.action === "impossible" ? ` ${plan.image}` : "";
  return `${plan.action}${image}${plan.after === undefined ? "" : ` after ${plan.after}`}`;
}

function impossibleResult(plan: NodePlan & { readonly action: "impossible" }, now: string) {
  const nonfatal = plan.isNonfatal ? { isNonfatal: true } : {};
  const detail = `needs image ${plan.image}, and nodes of its type cannot be loaded`;
  return unstartedResult("failed", "type-not-imageable", now, { ...nonfatal, detail });
}
