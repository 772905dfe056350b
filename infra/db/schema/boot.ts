import { isNotNull } from "drizzle-orm";
import { bigserial, index, jsonb, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import type { LoadFailure, LoadedImage, NodeState } from "../../../contracts/index.ts";

/** The boot agent's own: what booting nodes reported, in the order in which it was committed. */
export const boot = pgSchema("boot");

export const stateReports = boot.table(
  "state_reports",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    node: text("node").notNull(),
    state: text("state").$type<NodeState>().notNull(),
    bootId: text("boot_id"),
    reportedBy: text("reported_by", { enum: ["address", "token"] }).notNull(),
    detail: text("detail"),
    /** With a token: the load that the ramdisk was booted for. */
    loadId: text("load_id"),
    /** With RELOADDONE: what was written. */
    loaded: jsonb("loaded").$type<LoadedImage[]>(),
    /** With TBFAILED of a ramdisk. */
    failure: text("failure").$type<LoadFailure>(),
    reportedAt: timestamp("reported_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [
    index("state_reports_by_node").on(table.node, table.id),
    index("state_reports_by_boot").on(table.node, table.bootId, table.id).where(isNotNull(table.bootId)),
    index("state_reports_by_load").on(table.loadId, table.id).where(isNotNull(table.loadId)),
  ],
);

/** The newest boot of each node into the ramdisk: only its token counts, and only until the node boots anew. */
export const ramdiskBoots = boot.table("ramdisk_boots", {
  node: text("node").primaryKey(),
  /** SHA-256 of the one-time token, hexadecimal: whoever reads this table cannot report with it. */
  tokenSha256: text("token_sha256").notNull().unique(),
  loadId: text("load_id").notNull(),
  bootedAt: timestamp("booted_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});

/** The end of what a ramdisk logged, for the load that it was booted for. */
export const bootLogs = boot.table("boot_logs", {
  node: text("node").primaryKey(),
  loadId: text("load_id").notNull(),
  text: text("text").notNull(),
  at: timestamp("at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});

/** Nodes that were asked to leave PXEWAIT; whichever replica a node waits at tells it. */
export const wakeups = boot.table("wakeups", {
  node: text("node").primaryKey(),
  requestedAt: timestamp("requested_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
