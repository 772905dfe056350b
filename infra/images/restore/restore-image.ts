/**
 * Writes an image to a file, as a deploy ramdisk writes it to a disk: each chunk's digest is compared before it is unpacked
 * and again before it is written, and the digest of the whole is taken of what was written. Zeros are written only
 * where the target is not zero already, so a sparse file stays sparse. An image cut short leaves its target half written.
 */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { LoadFailure } from "../../../contracts/index.ts";
import type { ImageManifest } from "../format/manifest.ts";
import { readRange } from "../read-range.ts";
import { ChunkMismatchError, type ReadChunk, decodeChunks } from "../zstd/decode-chunks.ts";
import type { ChunkCache } from "./chunk-cache.ts";
import { type RawPart, chunksOf, rawParts } from "./raw-parts.ts";

export interface RestoreOptions {
  readonly signal: AbortSignal;
  /** Where the image begins in the target, in bytes: a partition's beginning. 0 unless given. */
  readonly targetOffset?: number;
  /** How large the disk is that the target stands for; as large as it needs to be, unless given. */
  readonly diskSizeBytes?: number;
  /** Shared by those who load the same images in this process. Without one, a zstd of its own unpacks the whole image. */
  readonly cache?: ChunkCache;
  /** Called after each part that was written; zeros count. */
  readonly onProgress?: (bytesWritten: number) => void;
}

type RestoreFailure = Extract<LoadFailure, "hash-mismatch" | "write-error" | "short-disk">;

/** As a ramdisk would end. */
export type RestoreOutcome =
  | { readonly ok: true; /** Of the raw image, as it was written. */ readonly sha256: string }
  | { readonly ok: false; readonly reason: RestoreFailure; readonly detail: string };

/**
 * @throws the signal's reason once it is aborted, whatever `readChunk` throws, and ZstdError.
 */
export async function restoreImage(
  manifest: ImageManifest,
  { readChunk, target }: { readonly readChunk: ReadChunk; readonly target: FileHandle },
  options: RestoreOptions,
): Promise<RestoreOutcome> {
  const { signal, targetOffset = 0, diskSizeBytes = Infinity, cache, onProgress } = options;
  const end = targetOffset + manifest.rawSizeBytes;
  if (end > diskSizeBytes) {
    const detail = `the image ends at byte ${end}, and the disk at ${diskSizeBytes}`;
    return { ok: false, reason: "short-disk", detail };
  }
  const decode = cache?.decode ?? decodeChunks;
  const written = createHash("sha256");
  try {
    await growTo(target, end);
    for await (const part of rawParts(manifest, decode(chunksOf(manifest), readChunk, signal))) {
      signal.throwIfAborted();
      await writePart(target, targetOffset, part);
      written.update(part.raw);
      onProgress?.(part.rawOffset + part.raw.length);
    }
  } catch (error) {
    if (error instanceof ChunkMismatchError) return { ok: false, reason: "hash-mismatch", detail: error.message };
    if (error instanceof TargetError) return { ok: false, reason: "write-error", detail: error.message };
    throw error;
  }
  const sha256 = written.digest("hex");
  if (sha256 === manifest.rawSha256) return { ok: true, sha256 };
  return { ok: false, reason: "hash-mismatch", detail: "the whole image is not what the manifest says" };
}

/** The target refused: a full file system, a broken disk. */
class TargetError extends Error {
  readonly code = "target-refused";
}

async function onTarget<T>(deed: Promise<T>): Promise<T> {
  try {
    return await deed;
  } catch (cause) {
    throw new TargetError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What a file gains so reads as zeros. */
async function growTo(target: FileHandle, sizeBytes: number): Promise<void> {
  const stats = await onTarget(target.stat());
  if (stats.isFile() && stats.size < sizeBytes) await onTarget(target.truncate(sizeBytes));
}

async function writePart(target: FileHandle, targetOffset: number, { rawOffset, raw, isZero }: RawPart): Promise<void> {
  const offset = targetOffset + rawOffset;
  if (isZero && raw.equals(await onTarget(readRange(target, offset, raw.length)))) return;
  for (let done = 0; done < raw.length;) {
    const { bytesWritten } = await onTarget(target.write(raw, done, raw.length - done, offset + done));
    done += bytesWritten;
  }
}
