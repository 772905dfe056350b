import type { NodeTypeSettings } from "../../contracts/index.ts";
import type { Liveness, LivenessTarget } from "../../infra/liveness/index.ts";
import type { PowerWay } from "../../infra/power/index.ts";
import type { SshTarget } from "../../infra/ssh/index.ts";
import type { HeldRun } from "../runtime/worker.ts";
import type { StateWatcher } from "../runtime/state-watcher.ts";
import type { Turns } from "./turns.ts";
import type { Waker } from "./waker.ts";
import type { Observation } from "./ladder/observation.ts";
import type { SshClients } from "./ssh-clients.ts";

/** What the reboot agent alone holds: the keys to BMCs and nodes. */
export interface RebootTools {
  readonly ssh: SshClients;
  readonly liveness: Liveness;
  readonly states: StateWatcher;
  readonly turns: Turns;
  readonly waker: Waker;
  /** Those of the nodes built into this one that the reload agent holds at this moment. */
  readonly loadingSubnodes: (node: string) => Promise<readonly string[]>;
}

/** Thrown when the ledger says that a run is another replica's: whatever was about to be done must not be. */
export class RunLostError extends Error {
  readonly code = "run-lost";
}

/** One node as the steps see it. */
export interface NodeContext {
  readonly run: HeldRun;
  readonly settings: NodeTypeSettings;
  readonly tools: RebootTools;
  readonly power: PowerWay | undefined;
  readonly seen: readonly Observation[];
  /** True if an earlier replica began this very step and died in it: what it sent may have arrived. */
  readonly isResumed: boolean;
  /** Whether the wave has met too many failures before this node was touched: then it is left alone. */
  isStopped(): boolean;
  /** When an awaited boot must have come, ms since the epoch; kept over a take-over. */
  readonly bootDeadlineAtMs: number;
  /**
   * Writes `firing` to the ledger, fenced. Gives an instant of `performance.now()` before which nobody can have read it:
   * whoever takes over afterwards waits the window out, counted from then. Throws RunLostError: then nothing may be sent.
   */
  sayFiring(options: { readonly stampsPower: boolean }): Promise<number>;
  /** Writes that after all nothing has left, nor ever will. Throws RunLostError. */
  takeBackFiring(): Promise<void>;
}

export function sshTargetOf({ run }: NodeContext): SshTarget {
  return { node: run.node, address: run.address, port: run.sshPort, hostKey: run.sshHostKey ?? undefined };
}

export function livenessTargetOf({ run, settings }: NodeContext): LivenessTarget {
  return { address: run.address, probe: (run.liveness ?? settings.liveness) as LivenessTarget["probe"] };
}
