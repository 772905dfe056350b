import type { NodeSelection } from "../../../contracts/index.ts";
import type { AdmissionDecision, AdmissionFacts, NodeFacts } from "../../../infra/db/index.ts";

export type Refusal = Extract<AdmissionDecision, { kind: "refuse" }>;

/** How many names a refusal spells out. */
const maxNamed = 5;

/**
 * Whether the nodes that a command names may be had at all, pure: what every acting verb refuses alike. Admission is all
 * or nothing: one unknown node, or one without the right to it, and nothing is touched.
 */
export function refuseSelection(
  selection: NodeSelection,
  facts: AdmissionFacts,
  mayActOn: (node: NodeFacts) => boolean,
): Refusal | undefined {
  const ways = [selection.nodelist, selection.experiment, selection.freemode].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    return refuse("malformed-arguments", "give exactly one of nodelist, experiment and freemode");
  }
  if (selection.freemode && !facts.user.isAdmin) {
    return refuse("permission-denied", `${facts.user.user} is no admin; only admins may name all free nodes`);
  }
  if (!facts.isExperimentKnown) {
    return refuse("experiment-unknown", `there is no experiment ${selection.experiment ?? ""}`);
  }
  if (facts.unknown.length > 0) return refuse("node-unknown", `not in the inventory: ${named(facts.unknown)}`);
  const denied = facts.nodes.filter((node) => !mayActOn(node)).map(({ node }) => node);
  if (denied.length > 0) return refuse("permission-denied", `${facts.user.user} has no right to ${named(denied)}`);
  if (facts.nodes.length > 0) return undefined;
  return selection.experiment === undefined
    ? refuse("nodelist-empty", "no node is free")
    : refuse("experiment-empty", `experiment ${selection.experiment} holds no node`);
}

export function refuse(reason: Refusal["reason"], detail: string): Refusal {
  return { kind: "refuse", reason, detail };
}

/** A share is of the nodes named, rounded down: 10% of 24 nodes lets two fail. */
export function maxFailuresOf(maxFailures: number | string | undefined, nodeCount: number): number | undefined {
  if (typeof maxFailures !== "string") return maxFailures;
  return Math.floor((Number.parseInt(maxFailures, 10) * nodeCount) / 100);
}

/** The first names of a list, and how many more there are. */
export function named(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return names.slice(0, maxNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
