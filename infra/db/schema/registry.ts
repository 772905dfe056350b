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
import type { NodeState, NodeTypeOverrides } from "../../../contracts/index.ts";

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
    /** The image that the experiment wants on its nodes. */
    os: text("os"),
  },
  (table) => [primaryKey({ columns: [table.project, table.name] })],
);

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
    /** `icmp` or `tcp:PORT`. */
    liveness: text("liveness").notNull().default("tcp:22"),
    sshPort: integer("ssh_port").notNull().default(22),
    /** `ssh-ed25519 AAAA…`; without one no ssh is tried, since host keys are enforced. */
    sshHostKey: text("ssh_host_key"),
    /** The power driver's own configuration; holds no secret. */
    power: jsonb("power").$type<unknown>().notNull(),
    circuit: text("circuit"),
    /** The physical node that a virtual one lives on. */
    host: text("host"),
    project: text("project"),
    experiment: text("experiment"),
  },
  (table) => [
    foreignKey({ columns: [table.host], foreignColumns: [table.name] }),
    foreignKey({ columns: [table.project, table.experiment], foreignColumns: [experiments.project, experiments.name] }),
    index("nodes_by_address").on(table.address),
    index("nodes_by_experiment").on(table.project, table.experiment),
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
  since: instant("since").notNull(),
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
    isExpected: boolean("is_expected").notNull(),
    reportedBy: text("reported_by", { enum: ["address", "token"] }).notNull(),
    bootId: text("boot_id"),
    reportId: bigint("report_id", { mode: "number" }).notNull().unique(),
  },
  (table) => [index("node_history_by_node").on(table.node, sql`${table.id} desc`)],
);
