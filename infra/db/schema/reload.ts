import { bigint, doublePrecision, index, integer, jsonb, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import type { BootPlan, Partition } from "../../../contracts/index.ts";
import { childOperationsOf, ledgerTablesOf } from "./ledger.ts";

/** The reload agent's own: its ledger, the images, and what each node shall boot. */
export const reload = pgSchema("reload");

export const { operations, nodeRuns } = ledgerTablesOf(reload);
export const childOperations = childOperationsOf(reload);

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** The images that may be loaded. Their files lie in the image directory; a row says what they were when they were added. */
export const images = reload.table("images", {
  name: text("name").primaryKey(),
  /** The project that it belongs to; null: the site's. */
  project: text("project"),
  /** Who may load it: members of its project, or everybody. */
  visibility: text("visibility", { enum: ["project", "public"] }).notNull(),
  /** `adding` while it is captured; `failed` says why in `detail`. */
  state: text("state", { enum: ["adding", "ready", "failed"] }).notNull(),
  detail: text("detail"),
  /** Who wants that what is being done to the image ends; whoever begins anew forgets it. */
  cancelledBy: text("cancelled_by"),
  /** While it is added: how much of the raw image was read, 0 to 1. */
  progress: doublePrecision("progress"),
  rawBytes: bigint("raw_bytes", { mode: "number" }),
  fileBytes: bigint("file_bytes", { mode: "number" }),
  /** When the file was last changed, in milliseconds since 1970: a changed file is noticed by it and its size. */
  fileModifiedMs: doublePrecision("file_modified_ms"),
  /** Of the file, of the manifest, and of the whole raw image: lower-case hexadecimal. */
  fileSha256: text("file_sha256"),
  manifestSha256: text("manifest_sha256"),
  rawSha256: text("raw_sha256"),
  /** The partition that it is written to; null: the whole disk. */
  targetPartition: integer("target_partition"),
  partitions: jsonb("partitions").$type<Partition[]>(),
  /** Nodes that may load it at the same time; null: no limit. */
  maxConcurrentLoads: integer("max_concurrent_loads"),
  addedBy: text("added_by").notNull(),
  addedAt: instant("added_at").notNull().defaultNow(),
});

/** What each node shall boot next. A node without a row boots from its disk. */
export const bootSelections = reload.table(
  "boot_selections",
  {
    node: text("node").primaryKey(),
    /** `disk`, `loader` (write images, by `plan`) or `wait` (in the boot loader, until it is woken). */
    boot: text("boot", { enum: ["disk", "loader", "wait"] }).notNull(),
    /** The operation that set it. */
    op: text("op"),
    /** Names this attempt to load this node, 32 hexadecimal digits: reports of any other attempt do not count. */
    loadId: text("load_id"),
    plan: jsonb("plan").$type<BootPlan>(),
    /** While nobody waits for the load: until then it may be under way, and a restart would have it begin anew. */
    unattendedUntil: instant("unattended_until"),
    changedAt: instant("changed_at").notNull().defaultNow(),
  },
  (table) => [index("boot_selections_by_load").on(table.loadId)],
);

/** What is on each node's disk, written after a load. A node without a row was never loaded. */
export const nodeDisks = reload.table("node_disks", {
  node: text("node").primaryKey(),
  /** In the order in which they were loaded; the last one decides what boots. Empty while a load is under way. */
  images: jsonb("images").$type<{ image: string; sha256: string }[]>().notNull(),
  partitions: jsonb("partitions").$type<Partition[]>().notNull(),
  loadedAt: instant("loaded_at"),
  op: text("op"),
  /** The image to go back to when the node is freed. */
  defaultImage: text("default_image"),
});
