import type { AdmissionFacts, NodeFacts } from "../../infra/db/index.ts";

/** What somebody does to a node, as rights tell it apart. */
export type Deed = "power-status" | "power" | "reboot" | "reload" | "setup";

/** Whose a node is, as seen by whoever acts: of one of their projects' experiments, of another's, or nobody's. */
type NodeSet = "own" | "foreign" | "free";

/** The least that a person must be; each one may what those before it may. */
const roles = ["anybody", "member", "admin"] as const;
type Role = (typeof roles)[number];

/** Who may do what to which nodes. Leaders act as members do: what more they may is of the inventory, not of nodes. */
export const rightsOfPeople: Readonly<Record<Deed, Readonly<Record<NodeSet, Role>>>> = {
  "power-status": { own: "anybody", foreign: "anybody", free: "anybody" },
  power: { own: "member", foreign: "admin", free: "admin" },
  reboot: { own: "member", foreign: "admin", free: "admin" },
  reload: { own: "member", foreign: "admin", free: "admin" },
  setup: { own: "member", foreign: "admin", free: "admin" },
};

/**
 * Whether somebody may do a deed to a node, pure. An agent acts on behalf of an operation that holds the node, which the
 * ledger's locks say; by itself it may do nothing, save that setup loads free nodes that their last experiment left dirty.
 */
export function mayDo(
  deed: Deed,
  { user }: Pick<AdmissionFacts, "user">,
  node: Pick<NodeFacts, "project" | "isFreed">,
  { hasParent }: { readonly hasParent: boolean },
): boolean {
  if (user.kind === "agent") {
    return hasParent || (user.user === "setup" && deed === "reload" && node.isFreed && node.project === null);
  }
  const set = node.project === null ? "free" : user.projects.includes(node.project) ? "own" : "foreign";
  const role: Role = user.isAdmin ? "admin" : set === "own" ? "member" : "anybody";
  return roles.indexOf(role) >= roles.indexOf(rightsOfPeople[deed][set]);
}
