import { sql } from "drizzle-orm";
import { bigserial, boolean, index, pgSchema, text, timestamp } from "drizzle-orm/pg-core";
import { ledgerTablesOf } from "./ledger.ts";

/** The reboot agent's own. */
export const reboot = pgSchema("reboot");

export const { operations, nodeRuns } = ledgerTablesOf(reboot);

/** The public halves of the keys to which BMC passwords are sealed, told by who holds the private ones. */
export const sealingKeys = reboot.table("sealing_keys", {
  publicKey: text("public_key").primaryKey(),
  since: timestamp("since", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});

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

/** BMCs at which nothing answered, by address and port: each is left alone until `retry_at`. A healthy one has no row. */
export const bmcOutages = reboot.table("bmc_outages", {
  bmc: text("bmc").primaryKey(),
  triedAt: timestamp("tried_at", { withTimezone: true }).notNull(),
  retryAt: timestamp("retry_at", { withTimezone: true }).notNull(),
});

/**
 * Which replica talks to a BMC, by address and port: one of all. A hold is void once its time is up and its owner has no
 * live lease of a run any more; so nobody renews it. A BMC that nobody talks to has no row, or a void one.
 */
export const bmcHolds = reboot.table(
  "bmc_holds",
  {
    bmc: text("bmc").primaryKey(),
    /** The replica, as in `lease_owner`. */
    owner: text("owner").notNull(),
    until: timestamp("until", { withTimezone: true }).notNull(),
    /** Another replica waits for it. */
    isWanted: boolean("is_wanted").notNull().default(false),
  },
  (table) => [
    index("bmc_holds_wanted")
      .on(table.owner)
      .where(sql`${table.isWanted}`),
  ],
);

/** Credentials that a node's BMC refused, told by a digest of what is sealed: the same one is not tried again. */
export const refusedCredentials = reboot.table("refused_credentials", {
  node: text("node").primaryKey(),
  digest: text("digest").notNull(),
  reason: text("reason").notNull(),
  refusedAt: timestamp("refused_at", { withTimezone: true }).notNull(),
});

/** The end of what a node's serial console showed while the operation had it followed; the newest of each node alone. */
export const consoles = reboot.table("consoles", {
  node: text("node").primaryKey(),
  op: text("op").notNull(),
  text: text("text").notNull(),
  at: timestamp("at", { withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
