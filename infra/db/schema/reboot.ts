import { sql } from "drizzle-orm";
import { bigserial, index, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import { ledgerTablesOf } from "./ledger.ts";

/** The reboot agent's own. */
export const reboot = pgSchema("reboot");

export const { operations, nodeRuns } = ledgerTablesOf(reboot);

/** When each node was last powered on or cycled, for the type's minimum delay. */
export const powerStamps = reboot.table("power_stamps", {
  node: text("node").primaryKey(),
  poweredOnAt: timestamp("powered_on_at", { withTimezone: true, precision: 3 }).notNull(),
});

/** Turns on each circuit, past ones and given-out ones to come, in the database's clock; see `book_turns`. */
export const circuitTurns = reboot.table(
  "circuit_turns",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    circuit: text("circuit").notNull(),
    /** `start`: a node may begin its power cycle; `power-on`: its power-on leaves now. */
    kind: text("kind", { enum: ["start", "power-on"] }).notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("circuit_turns_by_time").on(table.circuit, table.kind, sql`${table.at} desc`)],
);
