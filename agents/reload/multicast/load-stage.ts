import type { ReloadArgs } from "../../../contracts/index.ts";
import { type Observation, ofThisAttempt, seenOf } from "../ladder/observation.ts";

/** How far a node is whose first image may come by a session: on its way into the ramdisk, or ready there. */
export interface LoadStage {
  readonly loadId: string;
  readonly image: string;
  readonly isReady: boolean;
}

/** Whether somebody is there, once the node is ready, to choose how its image comes: a load that nobody waits for has none. */
export function canShare({ waitmode = "reloaded", noreboot = false }: ReloadArgs): boolean {
  return waitmode !== "none" && !noreboot;
}

/** The stage of a node's load, pure; undefined before it is armed, and once its attempt has come to an end. */
export function stageOf(whole: readonly Observation[]): LoadStage | undefined {
  const checked = seenOf(whole, "check-images");
  const attempt = ofThisAttempt(whole);
  const armed = seenOf(attempt, "arm");
  const isOver = attempt.some((seen) => "fault" in seen || seen.step === "await-load" || seen.step === "disarm");
  if (!checked || "fault" in checked || !armed || isOver) return undefined;
  const [first] = checked.images;
  if (!first) return undefined;
  return { loadId: armed.loadId, image: first.image, isReady: seenOf(attempt, "await-start") !== undefined };
}
