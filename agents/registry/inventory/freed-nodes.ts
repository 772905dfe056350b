import type { InventoryDifference } from "../../../contracts/index.ts";
import type { InventoryEntity, InventoryModel } from "../../../infra/db/index.ts";
import { entitiesOf } from "./model.ts";

/** What is recorded of nodes' disks, and which free nodes are to be loaded anew before anybody has them. */
export interface FreedFacts {
  /** Node to the image that boots; null while a load is under way or after one broke off. */
  readonly bootImages: ReadonlyMap<string, string | null>;
  readonly freed: ReadonlySet<string>;
}

/**
 * Nodes that a change sets free, and that hold another image than the one free nodes of their type have: they are
 * loaded before they are reserved again. A node that was never loaded, or whose type has no default image, is left alone.
 */
export function newlyFreed(
  differences: readonly InventoryDifference[],
  { current, next }: { readonly current: InventoryModel; readonly next: InventoryModel },
  { bootImages }: Pick<FreedFacts, "bootImages">,
): readonly { readonly node: string; readonly image: string }[] {
  return changedReservations(differences, current, next).flatMap(({ node, from, to }) => {
    const image = defaultImageOf(next, node);
    if (from === null || to !== null || image === undefined) return [];
    const booted = bootImages.get(node.name);
    return booted === undefined || booted === image ? [] : [{ node: node.name, image }];
  });
}

/**
 * Nodes that a change takes out of one experiment for another: they are to be set free first, so that nobody has a node that
 * others are at work on, or finds their data on its disk.
 */
export function reservedTwice(
  differences: readonly InventoryDifference[],
  { current, next }: { readonly current: InventoryModel; readonly next: InventoryModel },
): readonly { readonly node: string; readonly experiment: string }[] {
  return changedReservations(differences, current, next).flatMap(({ node, from, to }) =>
    typeof from === "string" && to !== null ? [{ node: node.name, experiment: from }] : [],
  );
}

/** Nodes that a change reserves though they still hold what their last experiment left. */
export function reservedUnclean(
  differences: readonly InventoryDifference[],
  { current, next }: { readonly current: InventoryModel; readonly next: InventoryModel },
  { freed }: Pick<FreedFacts, "freed">,
): readonly string[] {
  return changedReservations(differences, current, next)
    .filter(({ node, from, to }) => from === null && to !== null && freed.has(node.name))
    .map(({ node }) => node.name);
}

interface ReservationChange {
  readonly node: InventoryEntity;
  readonly from: unknown;
  readonly to: unknown;
}

function changedReservations(
  differences: readonly InventoryDifference[],
  current: InventoryModel,
  next: InventoryModel,
): readonly ReservationChange[] {
  return differences.flatMap(({ kind, name, change, fields }) => {
    if (kind !== "nodes" || change !== "changed" || !fields.some(({ field }) => field === "experiment")) return [];
    const node = entitiesOf(next, "nodes").get(name);
    const from = entitiesOf(current, "nodes").get(name)?.["experiment"] ?? null;
    return node ? [{ node, from, to: node["experiment"] ?? null }] : [];
  });
}

function defaultImageOf(model: InventoryModel, node: InventoryEntity): string | undefined {
  if (node["host"] !== null) return undefined;
  const type = entitiesOf(model, "nodeTypes").get(String(node["type"]));
  const image = type?.["isImageable"] === true ? type["defaultImage"] : undefined;
  return typeof image === "string" ? image : undefined;
}
