import { bigserial, index, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import type { NodeState } from "../../../contracts/index.ts";

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
    reportedAt: timestamp("reported_at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [index("state_reports_by_node").on(table.node, table.id)],
);
