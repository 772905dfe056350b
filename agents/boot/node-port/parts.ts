import type { BootPlan, LoadProgress, StateChange } from "../../../contracts/index.ts";
import type { Sql } from "../../../infra/db/index.ts";
import type { SectionOf } from "../../runtime/config.ts";
import type { Watch } from "../watch.ts";
import type { SparingLog } from "./sparing-log.ts";

/** What the routes for nodes stand on. */
export interface NodePortParts {
  readonly log: SparingLog;
  readonly sql: Sql;
  /** Tells the bus of reports, once they are committed: whoever misses a message finds the row. */
  readonly publishStates: (changes: readonly StateChange[]) => void;
  readonly publishProgress: (progress: LoadProgress) => void;
  /** Nodes that are asked to leave PXEWAIT. */
  readonly wakeups: Watch<true>;
  /** The plans of loads. */
  readonly plans: Watch<BootPlan>;
  readonly settings: BootSettings;
}

/** What the config says of what nodes are given. */
export type BootSettings = Pick<
  SectionOf<"boot">,
  "imageDir" | "kernelFile" | "ramdiskFile" | "consoleArgs" | "loaders" | "publicUrl"
>;

/** How long a question is held, milliseconds: less than what gives up on a silent connection, ours and others'. */
export const holdMs = 25_000;
