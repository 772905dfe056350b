import type { LoadProgress, ProgressEvent } from "../../contracts/index.ts";

/** How far an image is of which it is known how it comes. */
export type WrittenProgress = LoadProgress & Pick<ProgressEvent, "transport">;

/** A node's progress is told at most so often, milliseconds; a new image and the last byte are told at once. */
const tellEveryMs = 1_000;

/** Makes events of a node's progress, with the rate since the one before. */
export function createProgressTeller(
  tell: (event: ProgressEvent) => void,
  now: () => number = () => performance.now(),
): (progress: WrittenProgress) => void {
  let last: { readonly progress: WrittenProgress; readonly atMs: number } | undefined;
  return (progress) => {
    const { node, image, bytesWritten, bytesTotal, transport } = progress;
    const atMs = now();
    const isSameImage = last?.progress.loadId === progress.loadId && last.progress.image === image;
    const before = isSameImage ? last : undefined;
    if (before && bytesWritten < bytesTotal && atMs - before.atMs < tellEveryMs) return;
    const sinceS = before ? (atMs - before.atMs) / 1_000 : 0;
    const bytes = bytesWritten - (before?.progress.bytesWritten ?? 0);
    last = { progress, atMs };
    tell({
      kind: "progress",
      node,
      at: new Date().toISOString(),
      ...{ image, bytesWritten, bytesTotal, transport },
      ...(sinceS > 0 && bytes >= 0 ? { bytesPerS: Math.round(bytes / sinceS) } : {}),
    });
  };
}
