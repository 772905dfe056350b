import { type InventoryApplyArgs, type InventoryChanges, inventoryKindNames } from "../../../contracts/index.ts";
import type { ChangeDecision, ChangeFacts, InventoryModel } from "../../../infra/db/index.ts";
import { applyChanges } from "./apply-changes.ts";
import { problemsIn } from "./check-inventory.ts";
import { newlyFreed, reservedTwice, reservedUnclean } from "./freed-nodes.ts";
import { entitiesOf, singularOf } from "./model.ts";
import { refuseDifferences } from "./refuse-differences.ts";

/** So many problems are spelled out. */
const maxProblems = 8;

/** Whether a change of the inventory is made, pure; all of it or nothing. */
export function decideChange(
  facts: ChangeFacts,
  parts: readonly InventoryChanges[],
  options: Pick<InventoryApplyArgs, "prune" | "expects">,
): ChangeDecision {
  const { changer, current, holders } = facts;
  const changes = joined(parts);
  const { next, differences, sealedPasswords, problems } = applyChanges(current, changes, options);
  const denied = refuseDifferences(changer, differences, { current, next });
  if (denied) return { kind: "refuse", ...denied };
  const unclean = new Set(reservedUnclean(differences, { current, next }, facts));
  const held = differences.flatMap(({ kind, name, change, fields }) => {
    const takesAway = change === "removed" || fields.some(({ field }) => field === "experiment" || field === "type");
    // Whoever loads an unclean node anew holds it: nobody is to cancel that, so it is told as unclean.
    const holder = kind === "nodes" && takesAway && !unclean.has(name) ? holders.get(name) : undefined;
    return holder === undefined || !entitiesOf(current, "nodes").has(name)
      ? []
      : [`node ${name} is held by operation ${holder}: wait for it, or cancel it`];
  });
  const taken = reservedTwice(differences, { current, next }).map(
    ({ node, experiment }) =>
      `node ${node} is reserved for ${experiment}: release it first, reveille node set ${node} --experiment none`,
  );
  const unexpected = unexpectedIn(current, changes, options.expects);
  // What is wrong beside that follows from it.
  const wrong = unexpected.length > 0 ? unexpected : [...problems, ...problemsIn(next, differences), ...held, ...taken];
  if (wrong.length > 0) return { kind: "refuse", reason: "inventory-invalid", detail: listed(wrong) };
  if (unclean.size > 0) {
    return {
      kind: "refuse",
      reason: "node-not-clean",
      detail: `free, and not loaded anew yet: ${listed([...unclean])}`,
    };
  }
  return {
    kind: "write",
    next,
    differences,
    sealedPasswords,
    newlyFreed: newlyFreed(differences, { current, next }, facts),
  };
}

/** Entries that were to be new and are there, or were to be there and are not. */
function unexpectedIn(
  current: InventoryModel,
  changes: InventoryChanges,
  expects: InventoryApplyArgs["expects"],
): readonly string[] {
  if (!expects) return [];
  const { kind, state } = expects;
  const entities = entitiesOf(current, kind);
  const names = (changes.set?.[kind] ?? []).map(({ name }) => name);
  return state === "new"
    ? names.filter((name) => entities.has(name)).map((name) => `${singularOf[kind]} ${name} exists already`)
    : names.filter((name) => !entities.has(name)).map((name) => `there is no ${singularOf[kind]} ${name}`);
}

/** The parts of one change as one. */
function joined(parts: readonly InventoryChanges[]): InventoryChanges {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const set: Record<string, unknown[]> = {};
  const remove: Record<string, string[]> = {};
  for (const part of parts) {
    for (const kind of inventoryKindNames) {
      if (part.set?.[kind]) (set[kind] ??= []).push(...part.set[kind]);
      if (part.remove?.[kind]) (remove[kind] ??= []).push(...part.remove[kind]);
    }
  }
  return { set: set, remove };
}

function listed(words: readonly string[]): string {
  const more = words.length - maxProblems;
  return words.slice(0, maxProblems).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
