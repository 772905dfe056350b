import type { ImageManifest } from "./format/manifest.ts";
import type { ImageRecord } from "./store/image-checker.ts";

/** An image that is whole, and what is to be remembered of it. */
export interface UsableImage {
  readonly ok: true;
  readonly manifest: ImageManifest;
  readonly record: ImageRecord;
}

export function recordOf(
  { image, fileSizeBytes, fileSha256 }: ImageManifest,
  manifestSha256: string,
  { mtimeMs }: { readonly mtimeMs: number },
): ImageRecord {
  return { image, fileSizeBytes, fileModifiedMs: Math.floor(mtimeMs), fileSha256, manifestSha256 };
}
