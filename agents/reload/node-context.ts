import type { NodeTypeSettings, ReloadArgs } from "../../contracts/index.ts";
import type { Arming, ConcludedLoad, LoadOfNode, LoadTarget } from "../../infra/db/index.ts";
import type { ChildOperations } from "../runtime/commands/child-operations.ts";
import type { StateWatcher } from "../runtime/state-watcher.ts";
import type { HeldRun } from "../runtime/worker.ts";
import type { Consoles } from "./consoles.ts";
import type { ImageInspector } from "./image-inspector.ts";
import type { Observation } from "./ladder/observation.ts";
import type { LoadSessions } from "./multicast/load-sessions.ts";
import type { WrittenProgress } from "./progress-events.ts";
import type { ProgressWatcher } from "./progress-watcher.ts";

/** What is written of loads; many nodes' at once. Reject while the database is away. */
export interface LoadBook {
  targetOf(node: string): Promise<LoadTarget | undefined>;
  /** False if the run is another replica's by now. */
  arm(arming: Arming): Promise<boolean>;
  clear(load: LoadOfNode): Promise<void>;
  conclude(load: ConcludedLoad): Promise<void>;
  disarm(load: LoadOfNode): Promise<void>;
  /** The end of what the ramdisk logged. */
  logOf(load: LoadOfNode): Promise<string | undefined>;
}

/** What the steps of a load work with. */
export interface ReloadTools {
  readonly states: StateWatcher;
  readonly progress: ProgressWatcher;
  readonly children: ChildOperations;
  readonly consoles: Consoles;
  readonly images: ImageInspector;
  readonly loads: LoadBook;
  /** Missing where every image comes by HTTP. */
  readonly sessions?: LoadSessions;
  /** 32 random hexadecimal digits. */
  readonly newLoadId: () => string;
}

/** Thrown when the ledger says that a run is another replica's: whatever was about to be done must not be. */
export class RunLostError extends Error {
  readonly code = "run-lost";
}

/** One node as the steps see it. */
export interface NodeContext {
  readonly run: HeldRun;
  readonly args: ReloadArgs;
  readonly settings: NodeTypeSettings;
  readonly tools: ReloadTools;
  readonly seen: readonly Observation[];
  readonly tellProgress: (progress: WrittenProgress) => void;
}
