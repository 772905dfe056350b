import type { BootMs } from "../machine/boot-plan.ts";
import type { JournalEntry } from "../machine/journal.ts";
import type { NodePlan } from "./node-plan.ts";
import type { SimulatedNode } from "./simulated-node.ts";

/** What a share is made of; plain data, so that it can go to another process. */
export interface ShareOptions {
  readonly plans: readonly NodePlan[];
  readonly seed: number;
  readonly bootMs: BootMs;
  readonly authorizedKey: string;
  readonly diskDir?: string;
  readonly imageKey?: string;
}

/** The nodes of a fleet that one process holds; each method as in `Fleet`. */
export interface Share {
  readonly nodes: readonly SimulatedNode[];
  start(bootUrl: string): Promise<void>;
  /** Only for a node of this share. */
  journal(name: string): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}
