import { isDeepStrictEqual } from "node:util";
import {
  type InventoryChanges,
  type InventoryDifference,
  type InventoryKind,
  inventoryKindNames,
} from "../../../contracts/index.ts";
import type { InventoryEntity, InventoryModel } from "../../../infra/db/index.ts";
import { defaultsOf, entitiesOf, singularOf } from "./model.ts";

/** What a change makes of an inventory: the inventory afterwards, and wherein it differs. */
export interface AppliedChanges {
  readonly next: InventoryModel;
  readonly differences: readonly InventoryDifference[];
  /** BMC passwords to write, by node; nobody can read whether they differ. */
  readonly sealedPasswords: ReadonlyMap<string, string>;
  /** Names that are to be removed and are not there. */
  readonly problems: readonly string[];
}

/**
 * Applies changes to an inventory, pure. An entry that exists takes over the fields that are given; a new one has the
 * defaults for the rest. Removing an experiment frees its nodes. With `prune`, what the given lists do not name goes
 * too, save agents, which are no part of a document.
 */
export function applyChanges(
  current: InventoryModel,
  changes: InventoryChanges,
  { prune = false }: { readonly prune?: boolean | undefined } = {},
): AppliedChanges {
  const next = new Map<InventoryKind, ReadonlyMap<string, InventoryEntity>>();
  const sealedPasswords = new Map<string, string>();
  const problems: string[] = [];
  for (const kind of inventoryKindNames) {
    const before = entitiesOf(current, kind);
    const given = (changes.set?.[kind] ?? []) as readonly InventoryEntity[];
    const isPruned = prune && changes.set?.[kind] !== undefined;
    const entities = new Map(isPruned ? [] : before);
    for (const { sealedPassword, ...entry } of given) {
      const { name } = entry;
      const known = entities.get(name) ?? before.get(name);
      entities.set(name, { ...(known ?? defaultsOf[kind]), ...entry });
      if (typeof sealedPassword === "string") sealedPasswords.set(name, sealedPassword);
    }
    for (const name of changes.remove?.[kind] ?? []) {
      if (!entities.delete(name) && !before.has(name)) problems.push(`there is no ${singularOf[kind]} ${name}`);
    }
    next.set(kind, entities);
  }
  next.set("nodes", withoutEnded(next, current));
  return { next, differences: differencesOf(current, next, sealedPasswords), sealedPasswords, problems };
}

/** Nodes of experiments that this very change removes are free afterwards; what concerned the experiment goes with it. */
function withoutEnded(next: InventoryModel, current: InventoryModel): ReadonlyMap<string, InventoryEntity> {
  const [before, after] = [entitiesOf(current, "experiments"), entitiesOf(next, "experiments")];
  const hasEnded = (name: unknown) => typeof name === "string" && before.has(name) && !after.has(name);
  const freed = { experiment: null, os: null, isNonfatal: false };
  const nodes = [...entitiesOf(next, "nodes")].map(
    ([name, node]) => [name, hasEnded(node["experiment"]) ? { ...node, ...freed } : node] as const,
  );
  return new Map(nodes);
}

function differencesOf(
  current: InventoryModel,
  next: InventoryModel,
  sealedPasswords: ReadonlyMap<string, string>,
): readonly InventoryDifference[] {
  return inventoryKindNames.flatMap((kind) => {
    const [before, after] = [entitiesOf(current, kind), entitiesOf(next, kind)];
    const names = new Set([...before.keys(), ...after.keys()]);
    return [...names].flatMap((name): InventoryDifference[] => {
      const [from, to] = [before.get(name), after.get(name)];
      if (from === to) return kind === "nodes" && sealedPasswords.has(name) ? [passwordSet(name)] : [];
      if (!to) return [{ kind, name, change: "removed", fields: [] }];
      const old = from ?? defaultsOf[kind];
      const fields = Object.keys(to)
        .filter((field) => field !== "name" && !isDeepStrictEqual(to[field], old[field]))
        .map((field) => ({ field, from: from ? (from[field] ?? null) : null, to: to[field] ?? null }));
      if (kind === "nodes" && sealedPasswords.has(name)) fields.push(passwordField);
      if (!from) return [{ kind, name, change: "added", fields }];
      return fields.length === 0 ? [] : [{ kind, name, change: "changed", fields }];
    });
  });
}

/** A password is told to be set, and nothing else of it. */
const passwordField = { field: "sealedPassword", from: null, to: "set" };

function passwordSet(name: string): InventoryDifference {
  return { kind: "nodes", name, change: "changed", fields: [passwordField] };
}
