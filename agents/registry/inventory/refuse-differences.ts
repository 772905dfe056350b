import type { InventoryDifference, RefusalReason } from "../../../contracts/index.ts";
import type { InventoryEntity, InventoryModel } from "../../../infra/db/index.ts";
import { entitiesOf, singularOf } from "./model.ts";

/** Who changes the inventory. */
export interface Changer {
  readonly user: string;
  readonly isAdmin: boolean;
  /** The projects that this user leads. */
  readonly leads: readonly string[];
}

export interface Refused {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** What a leader may set of a node: whose it is, and what its experiment wants of it. */
const reservationFields = new Set(["experiment", "os", "isNonfatal"]);

/**
 * Whether a user may make these differences, pure; what is asked for and changes nothing needs no right.
 *
 * | who          | may change |
 * | --- | --- |
 * | admin        | everything |
 * | leader       | their project's experiments; reserve free nodes for them and release their own; give and take `user` in the project |
 * | others       | nothing |
 */
export function refuseDifferences(
  changer: Changer,
  differences: readonly InventoryDifference[],
  { current, next }: { readonly current: InventoryModel; readonly next: InventoryModel },
): Refused | undefined {
  if (changer.isAdmin) return undefined;
  const leads = new Set(changer.leads);
  const denied = differences.find((difference) => {
    const before = entitiesOf(current, difference.kind).get(difference.name);
    const after = entitiesOf(next, difference.kind).get(difference.name);
    return !mayChange(difference, before, after, leads);
  });
  if (!denied) return undefined;
  const detail = `${changer.user} has no right to change ${singularOf[denied.kind]} ${denied.name}`;
  return { reason: "permission-denied", detail };
}

function mayChange(
  { kind, name, change, fields }: InventoryDifference,
  before: InventoryEntity | undefined,
  after: InventoryEntity | undefined,
  leads: ReadonlySet<string>,
): boolean {
  const isLed = (experiment: unknown) =>
    typeof experiment === "string" && leads.has(experiment.slice(0, experiment.indexOf("/")));
  switch (kind) {
    case "experiments":
      return isLed(name);
    case "nodes": {
      if (change !== "changed" || !fields.every(({ field }) => reservationFields.has(field))) return false;
      const [from, to] = [before?.["experiment"], after?.["experiment"]];
      return (from === null || isLed(from)) && (to === null || isLed(to)) && (from !== null || to !== null);
    }
    case "users": {
      if (change !== "changed" || fields.some(({ field }) => field !== "projects")) return false;
      const [from, to] = [rolesIn(before), rolesIn(after)];
      const changed = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((p) => from[p] !== to[p]);
      return changed.every((project) => leads.has(project) && from[project] !== "leader" && to[project] !== "leader");
    }
    case "projects":
    case "systems":
    case "nodeTypes":
    case "circuits":
    case "groups":
      return false;
  }
}

function rolesIn(user: InventoryEntity | undefined): Readonly<Record<string, unknown>> {
  return (user?.["projects"] ?? {}) as Readonly<Record<string, unknown>>;
}
