import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { NodeMode, NodeState, NodeTypeOverrides } from "../../../contracts/index.ts";

/** The registry's own: who may ask, what there is, and in which state it is. */
export const registry = pgSchema("registry");

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** People and agents: whoever may sign. A revoked one keeps its row, so that old operations keep their name. */
export const users = registry.table("users", {
  name: text("name").primaryKey(),
  kind: text("kind", { enum: ["person", "agent"] }).notNull(),
  publicKey: text("public_key").notNull().unique(),
  isAdmin: boolean("is_admin").notNull().default(false),
  revokedAt: instant("revoked_at"),
});

export const projects = registry.table("projects", { name: text("name").primaryKey() });

export const projectMembers = registry.table(
  "project_members",
  {
    project: text("project")
      .notNull()
      .references(() => projects.name),
    user: text("user_name")
      .notNull()
      .references(() => users.name),
    /** A leader reserves nodes for the project's experiments too, and says who belongs to it. */
    role: text("role", { enum: ["user", "leader"] })
      .notNull()
      .default("user"),
  },
  (table) => [primaryKey({ columns: [table.project, table.user] })],
);

export const experiments = registry.table(
  "experiments",
  {
    project: text("project")
      .notNull()
      .references(() => projects.name),
    name: text("name").notNull(),
    /** The OS that the experiment wants on its nodes: one of `operating_systems`, else the image of that name. */
    os: text("os"),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
);

/** What an experiment may ask for by name. Exactly one of `version` and `image` is set. */
export const operatingSystems = registry.table("operating_systems", {
  name: text("name").primaryKey(),
  /** Of a generic name, `ubuntu`: the OS that it stands for now, `ubuntu-24.04`. */
  version: text("version"),
  /** The image that holds it. */
  image: text("image"),
  /** From its kernel's start to ISUP, seconds. */
  bootTimeS: integer("boot_time_s"),
});

/** Nodes by a name of the operator's choice, `@rack3`. */
export const nodeGroups = registry.table("node_groups", {
  name: text("name").primaryKey(),
  nodes: text("nodes").array().notNull(),
});

/** Parts of a change of the inventory that is too long for one message, until the last one is there. */
export const stagedChanges = registry.table(
  "staged_changes",
  {
    user: text("user_name").notNull(),
    upload: text("upload").notNull(),
    part: integer("part").notNull(),
    changes: jsonb("changes").$type<unknown>().notNull(),
    stagedAt: instant("staged_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.user, table.upload, table.part] })],
);

/** Free nodes that still hold what their last experiment left: not reserved again before `image` is on their disk. */
export const freedNodes = registry.table("freed_nodes", {
  node: text("node")
    .primaryKey()
    .references(() => nodes.name),
  image: text("image").notNull(),
  freedAt: instant("freed_at").notNull().defaultNow(),
});

export const nodeTypes = registry.table("node_types", {
  name: text("name").primaryKey(),
  isRebootable: boolean("is_rebootable").notNull().default(true),
  isImageable: boolean("is_imageable").notNull().default(true),
  /** Loaded when a reload names no image, and what free nodes go back to. */
  defaultImage: text("default_image"),
  settings: jsonb("settings").$type<NodeTypeOverrides>().notNull().default({}),
});

export const nodes = registry.table(
  "nodes",
  {
    name: text("name").primaryKey(),
    type: text("type")
      .notNull()
      .references(() => nodeTypes.name),
    /** Where the node itself answers, and from where its own reports come. */
    address: text("address").notNull(),
    /** Of the interface that it boots from, `52:54:00:12:34:56`; without one it cannot boot over the network. */
    mac: text("mac").unique(),
    /** The disk that images are written to, as the ramdisk calls it; null: its first. */
    disk: text("disk"),
    /** `icmp` or `tcp:PORT`; null: as its type says. */
    liveness: text("liveness"),
    sshPort: integer("ssh_port").notNull().default(22),
    /** `ssh-ed25519 AAAA…`; without one no ssh is tried, since host keys are enforced. */
    sshHostKey: text("ssh_host_key"),
    /** The power driver's own configuration, or a list of several drivers'; holds no secret. */
    power: jsonb("power").$type<unknown>().notNull(),
    circuit: text("circuit"),
    /** The physical node that a virtual one lives on. */
    host: text("host"),
    project: text("project"),
    experiment: text("experiment"),
    /** Instead of the experiment's. */
    os: text("os"),
    /** Its experiment's setup succeeds without it. */
    isNonfatal: boolean("is_nonfatal").notNull().default(false),
    /** The physical node that this one is built into, such as a card with a processor of its own. */
    subnodeOf: text("subnode_of"),
  },
  (table) => [
    foreignKey({ columns: [table.subnodeOf], foreignColumns: [table.name] }),
    foreignKey({ columns: [table.host], foreignColumns: [table.name] }),
    foreignKey({ columns: [table.project, table.experiment], foreignColumns: [experiments.project, experiments.name] }),
    index("nodes_by_address").on(table.address),
    index("nodes_by_experiment").on(table.project, table.experiment),
    index("nodes_by_machine")
      .on(table.subnodeOf)
      .where(sql`${table.subnodeOf} is not null`),
  ],
);

/** Nodes that share a power feed. A circuit that is not recorded here is paced by the defaults. */
export const circuits = registry.table("circuits", {
  name: text("name").primaryKey(),
  /** Power-ons within any `windowS`; null: not paced. */
  maxPowerOns: integer("max_power_ons"),
  windowS: doublePrecision("window_s").notNull().default(5),
});

/** BMC passwords, sealed to the reboot agent's key by whoever set them: the registry stores what it cannot open. */
export const bmcCredentials = registry.table("bmc_credentials", {
  node: text("node")
    .primaryKey()
    .references(() => nodes.name),
  sealedPassword: text("sealed_password").notNull(),
});

/** The state each node is in, as the registry's table of transitions leaves it. */
export const nodeStates = registry.table("node_states", {
  node: text("node")
    .primaryKey()
    .references(() => nodes.name),
  state: text("state").$type<NodeState>().notNull(),
  /** What the node is doing as far as its reports tell: which transitions and times are expected of it. */
  mode: text("mode").$type<NodeMode>().notNull().default("NORMAL"),
  since: instant("since").notNull(),
  /** When this state will have lasted too long; null: it may last for ever, or its time-out has been told. */
  timeoutAt: instant("timeout_at"),
  bootId: text("boot_id"),
  /** The last of the boot agent's reports that is part of this state. */
  reportId: bigint("report_id", { mode: "number" }).notNull(),
});

export const nodeHistory = registry.table(
  "node_history",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    node: text("node")
      .notNull()
      .references(() => nodes.name),
    at: instant("at").notNull(),
    state: text("state").$type<NodeState>().notNull(),
    mode: text("mode").$type<NodeMode>(),
    isExpected: boolean("is_expected").notNull(),
    /** `timeout`: the state lasted too long; nobody reported that. */
    reportedBy: text("reported_by", { enum: ["address", "token", "timeout"] }).notNull(),
    bootId: text("boot_id"),
    /** Null for a time-out. */
    reportId: bigint("report_id", { mode: "number" }).unique(),
  },
  (table) => [index("node_history_by_node").on(table.node, sql`${table.id} desc`)],
);
