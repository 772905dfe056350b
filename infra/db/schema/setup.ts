import { pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import { childOperationsOf, ledgerTablesOf } from "./ledger.ts";

/** The setup agent's own: its ledger, and how far each node of an experiment has come. */
export const setup = pgSchema("setup");

export const { operations, nodeRuns } = ledgerTablesOf(setup);
export const childOperations = childOperationsOf(setup);

export const allocationStates = setup.table("allocation_states", {
  node: text("node").primaryKey(),
  state: text("state", { enum: ["setting-up", "ready", "down", "dirty"] }).notNull(),
  op: text("op").notNull(),
  since: timestamp("since", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
