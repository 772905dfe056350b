import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, jsonb, pgSchema, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import type { NodeResult } from "../../../contracts/index.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Shared by the domains: which root operation holds a node. Written by SECURITY DEFINER functions alone. */
export const ledger = pgSchema("ledger");

export const nodeLocks = ledger.table("node_locks", {
  node: text("node").primaryKey(),
  rootOp: text("root_op").notNull(),
  /** The database role that took the lock; only it may let go. */
  holder: text("holder").notNull(),
  fence: bigint("fence", { mode: "number" }).notNull(),
  acquiredAt: instant("acquired_at").notNull().defaultNow(),
});

/** Nodes that a child works on under its parent's lock: the reboot of a reload, the reload of a setup. One child a parent at a time. */
export const childLocks = ledger.table(
  "child_locks",
  {
    node: text("node").notNull(),
    parentOp: text("parent_op").notNull(),
    op: text("op").notNull(),
    /** The database role of the child's agent; only it may let go. */
    holder: text("holder").notNull(),
    acquiredAt: instant("acquired_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.parentOp, table.node] }),
    index("child_locks_by_op").on(table.op, table.node),
  ],
);

/** The ledger of one agent, in its own schema: its operations and their node runs. Every agent's has the same shape. */
export function ledgerTablesOf(schema: ReturnType<typeof pgSchema>) {
  const operations = schema.table(
    "operations",
    {
      op: text("op").primaryKey(),
      verb: text("verb").notNull(),
      user: text("user_name").notNull(),
      /** On whose share of the agents it runs: a child's is its root's. Null in what a version wrote that had no shares. */
      chargedTo: text("charged_to"),
      args: jsonb("args").$type<Record<string, unknown>>().notNull(),
      parentOp: text("parent_op"),
      nodeCount: integer("node_count").notNull().default(0),
      doneCount: integer("done_count").notNull().default(0),
      failedCount: integer("failed_count").notNull().default(0),
      /** More failures than this, and nodes that have not started end skipped. */
      maxFailures: integer("max_failures"),
      createdAt: instant("created_at").notNull().defaultNow(),
      expiresAt: instant("expires_at").notNull(),
      /** What is not done by then ends as by a cancel; null for never. */
      deadlineAt: instant("deadline_at"),
      cancelRequestedAt: instant("cancel_requested_at"),
      finishedAt: instant("finished_at"),
      /** What an ended setup says of another try: `may-help` or `futile`. */
      retry: text("retry", { enum: ["may-help", "futile"] }),
    },
    (table) => [
      index("operations_by_creation").on(sql`${table.createdAt} desc`),
      index("operations_open")
        .on(table.chargedTo)
        .where(sql`${table.finishedAt} is null`),
    ],
  );
  // Each run is written three times in a short life, and each time every index is: there are few. No foreign key either: the
  // transaction that writes runs has just written their operation, and checking it again took as long as all the rest.
  const nodeRuns = schema.table(
    "node_runs",
    {
      op: text("op").notNull(),
      node: text("node").notNull(),
      /** The node's place in its operation: physical nodes by name, then virtual ones. */
      ordinal: integer("ordinal").notNull(),
      state: text("state", { enum: ["queued", "leased", "firing", "done"] }).notNull(),
      /** Counts the times the run was claimed; a write with an older fence changes nothing. */
      fence: integer("fence").notNull().default(0),
      leaseOwner: text("lease_owner"),
      leaseUntil: instant("lease_until"),
      notBefore: instant("not_before").notNull().defaultNow(),
      /** The host in the same operation that a virtual node's result comes from. */
      waitsFor: text("waits_for"),
      /** The operation's: whoever takes runs shares its room out by it. */
      chargedTo: text("charged_to").notNull().default(""),
      /** Its failure is not counted: its experiment does without it. */
      isNonfatal: boolean("is_nonfatal").notNull().default(false),
      /** What was done and observed so far: from this another replica goes on. */
      progress: jsonb("progress").$type<unknown>(),
      result: jsonb("result").$type<NodeResult>(),
      finishedAt: instant("finished_at"),
    },
    (table) => [
      primaryKey({ columns: [table.op, table.node] }),
      index("node_runs_queued")
        .on(table.chargedTo, table.notBefore, table.ordinal)
        .where(sql`${table.state} = 'queued'`),
      index("node_runs_leased")
        .on(table.leaseOwner)
        .where(sql`${table.state} in ('leased', 'firing')`),
      // Few runs wait for a host, and every run that ends asks which: without this, each would read its whole operation.
      index("node_runs_waiting")
        .on(table.op, table.waitsFor)
        .where(sql`${table.waitsFor} is not null`),
    ],
  );
  return { operations, nodeRuns };
}

/**
 * What an agent asked of another on an operation's behalf. Written before it is published: whoever takes the operation
 * over asks for the very same again, which is one operation however often it is asked for.
 */
export function childOperationsOf(schema: ReturnType<typeof pgSchema>) {
  return schema.table(
    "child_operations",
    {
      op: text("op").primaryKey(),
      parentOp: text("parent_op").notNull(),
      verb: text("verb").notNull(),
      args: jsonb("args").$type<Record<string, unknown>>().notNull(),
      /** By when it is to be done; null for when its parent is. */
      deadlineAt: instant("deadline_at"),
      createdAt: instant("created_at").notNull().defaultNow(),
    },
    (table) => [index("child_operations_by_parent").on(table.parentOp)],
  );
}
