/**
 * Makes an image of a raw disk or partition: reads it once from its beginning to its end, never more than a few chunks at a
 * time, and publishes file, manifest and signature together, durably. Cancelled or failed, it leaves what was there before.
 * Killed, it leaves a draft that a later capture clears away; killed between two of the three renames, files that do
 * not fit together, which every check notices.
 */
import type { Partition } from "../../../contracts/index.ts";
import { formatManifest } from "../format/format-manifest.ts";
import { type ImageManifest, manifestVersion, sectorBytes } from "../format/manifest.ts";
import { parseManifest } from "../format/parse-manifest.ts";
import { signManifest } from "../format/signing-key.ts";
import { type ImageProblem, imageProblem } from "../image-problem.ts";
import { sha256Of } from "../sha256-of.ts";
import type { ImageStore } from "../store/image-store.ts";
import { type OpenedFile, versionOf } from "../store/open-inside.ts";
import { type UsableImage, recordOf } from "../usable-image.ts";
import { createDrafts } from "./drafts.ts";
import { readPartitionTable } from "./partition-table.ts";
import { type ReadDisk, SourceError, readerOf } from "./source.ts";
import { type CaptureProgress, writeChunks } from "./write-chunks.ts";

export interface CaptureOptions {
  /** Where the image goes. */
  readonly store: ImageStore;
  /** An image that has this name already is replaced. */
  readonly image: string;
  /** The source is this partition; without one, it is a whole disk. */
  readonly partition?: number;
  /** The site's image key in PEM. */
  readonly privateKey: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** What a frame holds when raw; 4 MiB unless given. */
  readonly chunkSizeBytes?: number;
  /** Called once all is written under names that are no image's; what it throws gives the image up. */
  readonly beforePublish?: () => Promise<void>;
  /** Called after each chunk. The whole is as large as the source's `sizeBytes`, unless that is a block device. */
  readonly onProgress?: (progress: CaptureProgress) => void;
}

const defaultChunkSizeBytes = 4 * 1024 * 1024;

/**
 * The caller closes the source. One that holds nothing but zeros is `image-empty`, since its file would be.
 *
 * @throws the signal's reason once it is aborted, ZstdError, ImageKeyError, and what the system says of the image
 * directory, e.g. that it is full.
 */
export async function captureImage(source: OpenedFile, options: CaptureOptions): Promise<UsableImage | ImageProblem> {
  try {
    return await capture(source, options);
  } catch (error) {
    if (error instanceof SourceError) return imageProblem("image-unreadable", `the source ${error.message}`);
    throw error;
  }
}

async function capture(source: OpenedFile, options: CaptureOptions): Promise<UsableImage | ImageProblem> {
  const { store, image, partition, now, signal, chunkSizeBytes = defaultChunkSizeBytes, onProgress } = options;
  const readDisk = readerOf(source);
  if (source.sizeBytes % sectorBytes !== 0) throw new SourceError(`has ${source.sizeBytes} bytes, no whole sectors`);
  const partitions = partition === undefined ? await partitionsOf(readDisk) : [];

  await using drafts = await createDrafts(store.directory, image, now);
  const written = await writeChunks(readDisk, drafts.data, { chunkSizeBytes, signal, onProgress });
  if (written.fileSizeBytes === 0) return imageProblem("image-empty", "the source holds nothing but zeros");
  if (versionOf(await source.file.stat({ bigint: true })) !== source.version) {
    throw new SourceError("changed while it was read: try again when nobody writes to it");
  }

  const target = partition === undefined ? {} : { partition };
  const createdAt = now.toISOString();
  const manifest: ImageManifest = { v: manifestVersion, image, createdAt, ...target, partitions, ...written };
  const text = Buffer.from(formatManifest(manifest));
  const parsed = parseManifest(text);
  if (!parsed.ok) return imageProblem("image-manifest-invalid", `the manifest ${parsed.problem}`);
  const signature = signManifest(options.privateKey, text);
  await options.beforePublish?.();
  signal.throwIfAborted();
  await drafts.publish({ manifest: text, signature });
  return { ok: true, manifest, record: recordOf(manifest, sha256Of(text), await drafts.data.stat()) };
}

async function partitionsOf(readDisk: ReadDisk): Promise<Partition[]> {
  const table = await readPartitionTable(readDisk);
  if (!table.ok) throw new SourceError(`has a broken partition table: ${table.problem}`);
  return [...table.partitions];
}
