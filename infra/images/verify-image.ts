/**
 * The whole truth about an image, for which all of it is read and unpacked: the signature, the manifest, every chunk's two
 * digests, and the digests of the file and of the raw image.
 */
import { createHash } from "node:crypto";
import { type ImageProblem, imageProblem } from "./image-problem.ts";
import { readRange } from "./read-range.ts";
import { chunksOf, rawParts } from "./restore/raw-parts.ts";
import type { ImageStore } from "./store/image-store.ts";
import { type OpenedFile, isUnreadable } from "./store/open-inside.ts";
import { type SignedManifest, readSignedManifest } from "./store/read-signed-manifest.ts";
import { type UsableImage, recordOf } from "./usable-image.ts";
import { ChunkMismatchError, type ReadChunk, decodeChunks } from "./zstd/decode-chunks.ts";

export interface VerifyOptions {
  /** The site's image key in PEM. */
  readonly publicKey: string;
  readonly signal: AbortSignal;
  /** Called as it goes; of as many bytes as the raw image has. */
  readonly onProgress?: (rawBytes: number) => void;
}

/**
 * @throws the signal's reason once it is aborted, ZstdError, ImageKeyError, and what the system says that is not about
 * the image.
 */
export async function verifyImage(
  store: ImageStore,
  image: string,
  options: VerifyOptions,
): Promise<UsableImage | ImageProblem> {
  const opened = await store.open(image, "data");
  if (!opened.ok) return opened;
  try {
    const signed = await readSignedManifest(store, image, options.publicKey);
    if (!signed.ok) return signed;
    const problem = await findMismatch(opened, signed, options);
    if (problem !== undefined) return imageProblem("image-digest-mismatch", `${image}: ${problem}`);
    const record = recordOf(signed.manifest, signed.manifestSha256, { mtimeMs: opened.modifiedMs });
    return { ok: true, manifest: signed.manifest, record };
  } catch (error) {
    if (isUnreadable(error)) return imageProblem("image-unreadable", `${image}: ${error.message}`);
    if (error instanceof ChunkMismatchError) return imageProblem("image-digest-mismatch", `${image}: ${error.message}`);
    throw error;
  } finally {
    await opened.file.close();
  }
}

async function findMismatch(
  { file, sizeBytes }: OpenedFile,
  { manifest }: SignedManifest,
  { signal, onProgress }: VerifyOptions,
): Promise<string | undefined> {
  if (sizeBytes !== manifest.fileSizeBytes) {
    return `the file has ${sizeBytes} bytes, and the manifest says ${manifest.fileSizeBytes}`;
  }
  const fileHash = createHash("sha256");
  const rawHash = createHash("sha256");
  // The chunks are asked for in order and cover the file.
  const readChunk: ReadChunk = async (offset, length) => {
    const bytes = await readRange(file, offset, length);
    fileHash.update(bytes);
    return bytes;
  };
  for await (const { rawOffset, raw } of rawParts(manifest, decodeChunks(chunksOf(manifest), readChunk, signal))) {
    signal.throwIfAborted();
    rawHash.update(raw);
    onProgress?.(rawOffset + raw.length);
  }
  if (rawHash.digest("hex") !== manifest.rawSha256) return "the raw image is not what the manifest says";
  if (fileHash.digest("hex") !== manifest.fileSha256) return "the file is not what the manifest says";
  return undefined;
}
