import type { Partition } from "../../../contracts/index.ts";
import type { ImageChunk, ImageManifest, ZeroExtent } from "./manifest.ts";

/**
 * The manifest's one canonical text: words with one space between, lines that end in a newline, in this order. It is
 * what is signed, and a shell can read it line by line. README.md has an example.
 */
export function formatManifest(manifest: ImageManifest): string {
  const lines = [
    `reveille-image ${manifest.v}`,
    `image ${manifest.image}`,
    `created ${manifest.createdAt}`,
    manifest.partition === undefined ? "target disk" : `target partition ${manifest.partition}`,
    `chunk-size ${manifest.chunkSizeBytes}`,
    `raw ${manifest.rawSizeBytes} ${manifest.rawSha256}`,
    `file ${manifest.fileSizeBytes} ${manifest.fileSha256}`,
    ...manifest.partitions.map(partitionLine),
    ...manifest.extents.map(extentLine),
    `end ${manifest.extents.length}`,
  ];
  return `${lines.join("\n")}\n`;
}

function partitionLine({ number, startSector, sizeSectors, type, isBootable }: Partition): string {
  return `partition ${number} ${startSector} ${sizeSectors} ${type} ${isBootable ? "bootable" : "plain"}`;
}

function extentLine(extent: ImageChunk | ZeroExtent): string {
  const { kind, rawOffset, rawLength } = extent;
  if (kind === "zero") return `zero ${rawOffset} ${rawLength}`;
  const { fileOffset, fileLength, sha256Compressed, sha256Raw } = extent;
  return `chunk ${rawOffset} ${rawLength} ${fileOffset} ${fileLength} ${sha256Compressed} ${sha256Raw}`;
}
