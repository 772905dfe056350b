import type { ImageManifest } from "./manifest.ts";

/** The first thing in which a manifest of the right shape contradicts itself, for a person; undefined if there is none. */
export function contradictionIn(manifest: ImageManifest): string | undefined {
  return extentContradiction(manifest) ?? partitionContradiction(manifest);
}

function extentContradiction({
  extents,
  chunkSizeBytes,
  rawSizeBytes,
  fileSizeBytes,
}: ImageManifest): string | undefined {
  let rawEnd = 0;
  let fileEnd = 0;
  for (const [index, extent] of extents.entries()) {
    const where = `extent ${index} (${extent.kind})`;
    if (extent.rawOffset !== rawEnd) return `${where} begins at raw offset ${extent.rawOffset}, not at ${rawEnd}`;
    // Only the last may end off the grid, and then nothing follows it.
    if (rawEnd % chunkSizeBytes !== 0) return `${where} follows one that is no whole number of chunks`;
    rawEnd += extent.rawLength;
    if (extent.kind === "zero") continue;
    if (extent.rawLength > chunkSizeBytes) return `${where} holds ${extent.rawLength} bytes, more than a chunk`;
    if (extent.fileOffset !== fileEnd) return `${where} begins at file offset ${extent.fileOffset}, not at ${fileEnd}`;
    fileEnd += extent.fileLength;
  }
  if (rawEnd !== rawSizeBytes)
    return `the extents hold ${rawEnd} raw bytes, and the image is said to have ${rawSizeBytes}`;
  if (fileEnd !== fileSizeBytes)
    return `the chunks fill ${fileEnd} bytes of a file that is said to have ${fileSizeBytes}`;
  return undefined;
}

function partitionContradiction({ partition, partitions }: ImageManifest): string | undefined {
  if (partition !== undefined && partitions.length > 0) return "an image of one partition has no partition table";
  let last = 0;
  for (const { number } of partitions) {
    if (number <= last) return `partition ${number} stands after partition ${last}`;
    last = number;
  }
  return undefined;
}
