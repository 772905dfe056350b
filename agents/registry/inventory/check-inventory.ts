import { type InventoryDifference, type InventoryKind, hasShape, isAgentName } from "../../../contracts/index.ts";
import type { InventoryEntity, InventoryModel } from "../../../infra/db/index.ts";
import { NodePower, powerProblems } from "../../../infra/power/index.ts";
import { named } from "../../runtime/commands/refuse-selection.ts";
import { entitiesOf, referencesOf, requiredOf, singularOf } from "./model.ts";

/** What is wrong with an inventory that a change would make, pure; empty when it may be written. Each problem names its entries. */
export function problemsIn(next: InventoryModel, differences: readonly InventoryDifference[]): readonly string[] {
  return [
    ...danglingIn(next, differences),
    ...cyclesIn(next, "nodes", "host"),
    ...cyclesIn(next, "nodes", "subnodeOf"),
    ...cyclesIn(next, "systems", "version"),
    ...sharedIn(next, "nodes", "mac"),
    ...sharedIn(next, "users", "publicKey"),
    ...nestedHostsIn(next),
    ...differences.flatMap(({ kind, name }) => {
      const entity = entitiesOf(next, kind).get(name);
      return entity ? [...missingIn(kind, entity), ...oddIn(kind, entity)] : [];
    }),
    ...withoutAdmin(next, differences),
  ];
}

/** What is named and not there; of what this change removes it is told who names it still. */
function danglingIn(next: InventoryModel, differences: readonly InventoryDifference[]): readonly string[] {
  const keyOf = (kind: InventoryKind, name: string) => `${singularOf[kind]} ${name}`;
  const removed = new Set(
    differences.flatMap(({ kind, name, change }) => (change === "removed" ? [keyOf(kind, name)] : [])),
  );
  const missing = referencesOf.flatMap(({ kind, to, namesIn }) =>
    [...entitiesOf(next, kind).values()].flatMap((entity) =>
      namesIn(entity)
        .filter((name) => !entitiesOf(next, to).has(name))
        .map((name) => ({ by: keyOf(kind, entity.name), missed: keyOf(to, name) })),
    ),
  );
  const users = new Map<string, string[]>();
  for (const { by, missed } of missing) if (removed.has(missed)) users.set(missed, [...(users.get(missed) ?? []), by]);
  return [
    ...missing
      .filter(({ missed }) => !removed.has(missed))
      .map(({ by, missed }) => `${by} names ${missed}, which is not there`),
    ...[...users].map(([missed, by]) => `${missed} is in use: by ${named(by)}`),
  ];
}

/** Each circle once, told from where it is first met: `pc1 → pc2 → pc1`. */
function cyclesIn(next: InventoryModel, kind: InventoryKind, field: string): readonly string[] {
  const entities = entitiesOf(next, kind);
  const isCleared = new Set<string>();
  const cycles: string[] = [];
  for (const start of entities.keys()) {
    const path: string[] = [];
    for (let at: unknown = start; typeof at === "string"; at = entities.get(at)?.[field]) {
      if (isCleared.has(at)) break;
      const seenAt = path.indexOf(at);
      if (seenAt >= 0) {
        cycles.push(`${field} of ${singularOf[kind]}s goes in a circle: ${[...path.slice(seenAt), at].join(" → ")}`);
        break;
      }
      path.push(at);
    }
    for (const name of path) isCleared.add(name);
  }
  return cycles;
}

function sharedIn(next: InventoryModel, kind: InventoryKind, field: string): readonly string[] {
  const owners = new Map<unknown, string>();
  const problems: string[] = [];
  for (const entity of entitiesOf(next, kind).values()) {
    const value = entity[field];
    if (value === null || value === undefined) continue;
    const other = owners.get(value);
    if (other === undefined) owners.set(value, entity.name);
    else problems.push(`${singularOf[kind]}s ${other} and ${entity.name} have the same ${field}`);
  }
  return problems;
}

/** A virtual node lives on a physical one: rebooting a host's host would end machines that nobody named. */
function nestedHostsIn(next: InventoryModel): readonly string[] {
  const nodes = entitiesOf(next, "nodes");
  return [...nodes.values()].flatMap(({ name, host }) => {
    const hostOfHost = typeof host === "string" ? nodes.get(host)?.["host"] : undefined;
    return typeof hostOfHost === "string" && hostOfHost !== name
      ? [`node ${name} lives on ${String(host)}, which is a virtual node itself`]
      : [];
  });
}

function missingIn(kind: InventoryKind, entity: InventoryEntity): readonly string[] {
  const missing = (requiredOf[kind] ?? []).filter((field) => entity[field] === null);
  return missing.length === 0 ? [] : [`${singularOf[kind]} ${entity.name} needs ${missing.join(", ")}`];
}

/** What the fields of one entry must be together. */
function oddIn(kind: InventoryKind, entity: InventoryEntity): readonly string[] {
  const { name } = entity;
  switch (kind) {
    case "users":
      return isAgentName(name) ? [`the name ${name} is reserved for the agent`] : [];
    case "systems":
      return (entity["version"] === null) === (entity["image"] === null)
        ? [`system ${name} needs an image that holds it, or the version that it stands for, and not both`]
        : [];
    case "nodes": {
      const { power, experiment, os, isNonfatal } = entity;
      const problems: string[] = [];
      if (power !== null && !hasShape(NodePower, power)) problems.push(`node ${name}: power: ${powerProblems(power)}`);
      const drivers = Array.isArray(power)
        ? (power as readonly { driver?: unknown }[]).map(({ driver }) => driver)
        : [];
      if (new Set(drivers).size < drivers.length) problems.push(`node ${name}: power names a driver twice`);
      if (experiment === null && (os !== null || isNonfatal === true)) {
        problems.push(`node ${name} is free: os and isNonfatal are an experiment's`);
      }
      return problems;
    }
    case "projects":
    case "nodeTypes":
    case "circuits":
    case "experiments":
    case "groups":
      return [];
  }
}

/** Nobody locks everybody out. */
function withoutAdmin(next: InventoryModel, differences: readonly InventoryDifference[]): readonly string[] {
  if (!differences.some(({ kind }) => kind === "users")) return [];
  const users = [...entitiesOf(next, "users").values()];
  return users.some(({ isAdmin, isRevoked }) => isAdmin === true && isRevoked !== true)
    ? []
    : ["no admin would be left"];
}
