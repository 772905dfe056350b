import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { ImageManifest } from "../format/manifest.ts";
import { sha256Of } from "../sha256-of.ts";
import { compressSource } from "./compress-source.ts";
import type { ReadDisk } from "./source.ts";

export interface CaptureProgress {
  readonly rawBytes: number;
  readonly fileBytes: number;
}

export interface WriteOptions {
  readonly chunkSizeBytes: number;
  readonly signal: AbortSignal;
  /** Called after each chunk. */
  readonly onProgress: ((progress: CaptureProgress) => void) | undefined;
}

/** What of a manifest is only known once the source was read to its end. */
export type WrittenChunks = Pick<
  ImageManifest,
  "chunkSizeBytes" | "rawSizeBytes" | "rawSha256" | "fileSizeBytes" | "fileSha256" | "extents"
>;

/** Writes the frames of a raw disk to an empty file, and says what stands where. */
export async function writeChunks(
  readDisk: ReadDisk,
  file: FileHandle,
  { chunkSizeBytes, signal, onProgress }: WriteOptions,
): Promise<WrittenChunks> {
  const rawHash = createHash("sha256");
  const fileHash = createHash("sha256");
  const extents: ImageManifest["extents"] = [];
  let rawOffset = 0;
  let fileOffset = 0;
  for await (const { rawLength, data } of compressSource(readDisk, { chunkSizeBytes, rawHash, signal })) {
    if (data === undefined) {
      addZeros(extents, rawOffset, rawLength);
    } else {
      const { compressed, sha256Raw } = data;
      const fileLength = compressed.length;
      await file.writeFile(compressed);
      fileHash.update(compressed);
      const sha256Compressed = sha256Of(compressed);
      extents.push({ kind: "chunk", rawOffset, rawLength, fileOffset, fileLength, sha256Compressed, sha256Raw });
      fileOffset += fileLength;
    }
    rawOffset += rawLength;
    onProgress?.({ rawBytes: rawOffset, fileBytes: fileOffset });
  }
  return {
    chunkSizeBytes,
    rawSizeBytes: rawOffset,
    rawSha256: rawHash.digest("hex"),
    fileSizeBytes: fileOffset,
    fileSha256: fileHash.digest("hex"),
    extents,
  };
}

/** Zeros that follow zeros lengthen them. */
function addZeros(extents: ImageManifest["extents"], rawOffset: number, rawLength: number): void {
  const last = extents.at(-1);
  if (last?.kind === "zero") extents[extents.length - 1] = { ...last, rawLength: last.rawLength + rawLength };
  else extents.push({ kind: "zero", rawOffset, rawLength });
}
