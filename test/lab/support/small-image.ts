import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { type ImageManifest, formatManifest } from "../../../infra/images/index.ts";

/** An image made in memory, chunk by chunk. */
export interface SmallImage {
  readonly raw: Buffer;
  readonly file: Buffer;
  readonly manifest: ImageManifest;
  readonly manifestText: string;
}

export const chunkBytes = 4 * 1024 * 1024;

export const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Cuts raw bytes into chunks, and leaves out those of zeros. */
export function smallImage(image: string, raw: Buffer): SmallImage {
  const frames: Buffer[] = [];
  const extents: ImageManifest["extents"] = [];
  let fileOffset = 0;
  for (let rawOffset = 0; rawOffset < raw.length; rawOffset += chunkBytes) {
    const bytes = raw.subarray(rawOffset, rawOffset + chunkBytes);
    const rawLength = bytes.length;
    const last = extents.at(-1);
    if (bytes.every((byte) => byte === 0)) {
      if (last?.kind === "zero") last.rawLength += rawLength;
      else extents.push({ kind: "zero", rawOffset, rawLength });
      continue;
    }
    const frame = execFileSync("zstd", ["-q", "-1", "-c"], { input: bytes, maxBuffer: 2 * chunkBytes });
    const digests = { sha256Compressed: sha256Of(frame), sha256Raw: sha256Of(bytes) };
    extents.push({ kind: "chunk", rawOffset, rawLength, fileOffset, fileLength: frame.length, ...digests });
    fileOffset += frame.length;
    frames.push(frame);
  }
  const file = Buffer.concat(frames);
  const manifest: ImageManifest = {
    v: 1,
    image,
    createdAt: "2025-01-01T00:00:00.000Z",
    chunkSizeBytes: chunkBytes,
    rawSizeBytes: raw.length,
    rawSha256: sha256Of(raw),
    fileSizeBytes: file.length,
    fileSha256: sha256Of(file),
    partitions: [],
    extents,
  };
  return { raw, file, manifest, manifestText: formatManifest(manifest) };
}
