import type { ReloadArgs } from "../../../contracts/index.ts";
import { type Observation, ofThisAttempt, seenOf } from "../ladder/observation.ts";

/** How far a node is whose images may come by sessions: on its way into the ramdisk, or ready there for the first of them. */
export interface LoadStage {
  readonly loadId: string;
  /** In the order in which they are loaded, each once. */
  readonly images: readonly string[];
  readonly isReady: boolean;
}

/** Whether somebody is there, once the node is ready, to choose how its images come: a load that nobody waits for has none. */
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
  const images = [...new Set(checked.images.map(({ image }) => image))];
  return { loadId: armed.loadId, images, isReady: seenOf(attempt, "await-start") !== undefined };
}
