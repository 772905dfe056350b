import type { InventoryKind } from "../../../contracts/index.ts";
import type { InventoryEntity, InventoryModel } from "../../../infra/db/index.ts";

/** What a new entry has where it says nothing; every field of its kind stands here. */
export const defaultsOf: Readonly<Record<InventoryKind, Readonly<Record<string, unknown>>>> = {
  projects: {},
  users: { publicKey: null, isAdmin: false, isRevoked: false, projects: {} },
  systems: { version: null, image: null, bootTimeS: null },
  nodeTypes: { isRebootable: true, isImageable: true, defaultImage: null, settings: {} },
  circuits: { maxPowerOns: 12, windowS: 5 },
  experiments: { os: null },
  nodes: {
    type: null,
    address: null,
    mac: null,
    disk: null,
    liveness: null,
    sshPort: 22,
    sshHostKey: null,
    power: null,
    circuit: null,
    host: null,
    subnodeOf: null,
    experiment: null,
    os: null,
    isNonfatal: false,
  },
  groups: { nodes: [] },
};

/** Fields that a new entry must say. */
export const requiredOf: Partial<Readonly<Record<InventoryKind, readonly string[]>>> = {
  users: ["publicKey"],
  nodes: ["type", "address", "power"],
};

/** Which fields name things of another kind. */
export const referencesOf: readonly {
  readonly kind: InventoryKind;
  readonly to: InventoryKind;
  readonly namesIn: (entity: InventoryEntity) => readonly string[];
}[] = [
  { kind: "users", to: "projects", namesIn: ({ projects }) => Object.keys(projects ?? {}) },
  { kind: "experiments", to: "projects", namesIn: ({ name }) => [name.split("/")[0] ?? ""] },
  { kind: "systems", to: "systems", namesIn: ({ version }) => named(version) },
  { kind: "nodes", to: "nodeTypes", namesIn: ({ type }) => named(type) },
  { kind: "nodes", to: "experiments", namesIn: ({ experiment }) => named(experiment) },
  { kind: "nodes", to: "nodes", namesIn: ({ host, subnodeOf }) => [...named(host), ...named(subnodeOf)] },
  { kind: "groups", to: "nodes", namesIn: ({ nodes }) => (Array.isArray(nodes) ? (nodes as string[]) : []) },
];

function named(value: unknown): readonly string[] {
  return typeof value === "string" ? [value] : [];
}

/** What a list of the model calls one of its entries, for a person. */
export const singularOf: Readonly<Record<InventoryKind, string>> = {
  projects: "project",
  users: "user",
  systems: "system",
  nodeTypes: "node type",
  circuits: "circuit",
  experiments: "experiment",
  nodes: "node",
  groups: "group",
};

export function entitiesOf(model: InventoryModel, kind: InventoryKind): ReadonlyMap<string, InventoryEntity> {
  return model.get(kind) ?? new Map();
}
