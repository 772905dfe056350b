import Type from "typebox";
import type { TSchema } from "typebox";
import { ExperimentName, ImageName, NodeName, PublicKey, UserName } from "./names.ts";
import { LivenessProbe, NodeTypeOverrides } from "./node-type-settings.ts";

/** What may be given, left as it is by leaving it out, or cleared by `null`. */
const clearable = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const entry = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** A member acts on the nodes of the project's experiments; a leader also reserves them, and says who is a member. */
export const projectRoles = ["user", "leader"] as const;
export type ProjectRole = (typeof projectRoles)[number];

const PowerDriverConfig = Type.Record(Type.String(), Type.Unknown());

const ProjectEntry = entry({ name: NodeName });

const UserEntry = entry({
  name: UserName,
  publicKey: Type.Optional(PublicKey),
  isAdmin: Type.Optional(Type.Boolean({ description: "may do everything; default false" })),
  isRevoked: Type.Optional(Type.Boolean({ description: "may do nothing any more; its operations are cancelled" })),
  projects: Type.Optional(
    Type.Record(NodeName, Type.Enum([...projectRoles]), {
      additionalProperties: false,
      description: "project to role; replaces what was there",
    }),
  ),
});

const SystemEntry = entry({
  name: ImageName,
  version: clearable(ImageName),
  image: clearable(ImageName),
  bootTimeS: clearable(Type.Integer({ minimum: 1, maximum: 86_400, description: "from its kernel to ISUP" })),
});

const NodeTypeEntry = entry({
  name: NodeName,
  isRebootable: Type.Optional(Type.Boolean({ description: "default true" })),
  isImageable: Type.Optional(Type.Boolean({ description: "default true" })),
  defaultImage: clearable(ImageName),
  settings: Type.Optional(NodeTypeOverrides),
});

const CircuitEntry = entry({
  name: NodeName,
  maxPowerOns: clearable(Type.Integer({ minimum: 1, description: "within the window; null: not paced; default 12" })),
  windowS: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3_600, description: "default 5" })),
});

const ExperimentEntry = entry({ name: ExperimentName, os: clearable(ImageName) });

const GroupEntry = entry({ name: NodeName, nodes: Type.Optional(Type.Array(NodeName, { maxItems: 65_536 })) });

const NodeEntry = entry({
  name: NodeName,
  type: Type.Optional(NodeName),
  address: Type.Optional(
    Type.String({ pattern: "^[0-9A-Za-z:.-]{1,253}$", description: "where the node itself answers" }),
  ),
  mac: clearable(Type.String({ pattern: "^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$" })),
  disk: clearable(Type.String({ pattern: "^/dev/[a-z0-9/]{2,64}$" })),
  liveness: clearable(Type.Union([LivenessProbe], { description: "icmp or tcp:PORT, instead of its type's" })),
  sshPort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  sshHostKey: clearable(Type.String({ pattern: "^[a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{16,2048}$" })),
  power: Type.Optional(
    Type.Union([PowerDriverConfig, Type.Array(PowerDriverConfig, { minItems: 1, maxItems: 4 })], {
      description: "the power driver's configuration, which holds no secret; or several, the first tried first",
    }),
  ),
  circuit: clearable(NodeName),
  host: clearable(Type.Union([NodeName], { description: "of a virtual node: the machine that it lives on" })),
  subnodeOf: clearable(Type.Union([NodeName], { description: "the machine that this one is built into" })),
  experiment: clearable(Type.Union([ExperimentName], { description: "who has it reserved; null: it is free" })),
  os: clearable(Type.Union([ImageName], { description: "instead of its experiment's" })),
  isNonfatal: Type.Optional(Type.Boolean({ description: "its experiment's setup succeeds without it" })),
  sealedPassword: Type.Optional(
    Type.String({ pattern: "^v1\\.[A-Za-z0-9_-]{64,1024}$", description: "the BMC's, sealed; written, never read" }),
  ),
});

/** The kinds of things that an inventory holds, each with the schema of one entry; what is named stands before who names it. */
export const inventoryKinds = {
  projects: ProjectEntry,
  users: UserEntry,
  systems: SystemEntry,
  nodeTypes: NodeTypeEntry,
  circuits: CircuitEntry,
  experiments: ExperimentEntry,
  nodes: NodeEntry,
  groups: GroupEntry,
} as const;
export type InventoryKind = keyof typeof inventoryKinds;
export const inventoryKindNames = Object.keys(inventoryKinds) as readonly InventoryKind[];

const lists = <K extends InventoryKind>(kind: K) =>
  Type.Optional(Type.Array(inventoryKinds[kind], { maxItems: 65_536 }));

/**
 * An inventory as people write it and as it is exported; any list may be left out. An entry says only what it sets: what
 * it leaves out stays, or has its default in a new one.
 */
export const InventoryDocument = entry({
  projects: lists("projects"),
  users: lists("users"),
  systems: lists("systems"),
  nodeTypes: lists("nodeTypes"),
  circuits: lists("circuits"),
  experiments: lists("experiments"),
  nodes: lists("nodes"),
  groups: lists("groups"),
});
export type InventoryDocument = Type.Static<typeof InventoryDocument>;

const names = Type.Optional(Type.Array(Type.Union([ExperimentName, ImageName]), { maxItems: 65_536 }));

/** A change of the inventory: what is added or set, and what is removed, by name. */
export const InventoryChanges = entry({
  set: Type.Optional(InventoryDocument),
  remove: Type.Optional(
    entry({
      projects: names,
      users: names,
      systems: names,
      nodeTypes: names,
      circuits: names,
      experiments: names,
      nodes: names,
      groups: names,
    }),
  ),
});
export type InventoryChanges = Type.Static<typeof InventoryChanges>;

export const InventoryKindName = Type.Enum(inventoryKindNames as [InventoryKind, ...InventoryKind[]]);

/** One thing of the inventory that a change adds, changes or removes. */
export const InventoryDifference = Type.Object({
  kind: InventoryKindName,
  name: Type.String(),
  change: Type.Enum(["added", "changed", "removed"]),
  fields: Type.Array(Type.Object({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown() })),
});
export type InventoryDifference = Type.Static<typeof InventoryDifference>;
