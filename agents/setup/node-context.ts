import type { ChildOperations } from "../runtime/commands/child-operations.ts";
import type { StateWatcher } from "../runtime/state-watcher.ts";
import type { HeldRun } from "../runtime/worker.ts";
import type { Observation } from "./ladder/observation.ts";
import type { NodePlan } from "./plan.ts";

/** What the steps act by. */
export interface SetupTools {
  readonly children: ChildOperations;
  readonly states: StateWatcher;
  /** Whether a node of the operation has ended, and how; null while it is under way, undefined if it is no part of it. */
  readonly hostStatus: (op: string, node: string) => Promise<0 | 1 | null | undefined>;
  /** Whether a failure so far makes the setup end without another try. */
  readonly isDoomed: (op: string) => Promise<boolean>;
}

/** One node in the midst of its setup. */
export interface NodeContext {
  readonly run: HeldRun;
  readonly plan: NodePlan;
  readonly tools: SetupTools;
  readonly seen: readonly Observation[];
  /** Until when ISUP is waited for, milliseconds since 1970. */
  readonly upUntilMs: number;
}
