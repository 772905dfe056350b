export { type CaptureOptions, captureImage } from "./capture/capture-image.ts";
export type { CaptureProgress } from "./capture/write-chunks.ts";
export { formatManifest } from "./format/format-manifest.ts";
export { type ImageChunk, ImageManifest, type ZeroExtent, sectorBytes } from "./format/manifest.ts";
export { type ParsedManifest, maxManifestBytes, parseManifest } from "./format/parse-manifest.ts";
export {
  ImageKeyError,
  type ImageKey,
  createImageKey,
  isSignedBy,
  publicKeyOf,
  signManifest,
} from "./format/signing-key.ts";
export type { ImageProblem, ImageReason } from "./image-problem.ts";
export { type RandomImageOptions, createRandomImage } from "./random-image.ts";
export { type ChunkCache, type ChunkCacheOptions, createChunkCache } from "./restore/chunk-cache.ts";
export { type RestoreOptions, type RestoreOutcome, restoreImage } from "./restore/restore-image.ts";
export { type ImageChecker, type ImageRecord, type ImageUnchanged, createImageChecker } from "./store/image-checker.ts";
export {
  ImageDirectoryError,
  type ImagePart,
  type ImageStore,
  type SourceProblem,
  imageFileName,
  openImageStore,
} from "./store/image-store.ts";
export type { OpenedFile } from "./store/open-inside.ts";
export { type SignedManifest, readSignedManifest } from "./store/read-signed-manifest.ts";
export type { UsableImage } from "./usable-image.ts";
export { type VerifyOptions, verifyImage } from "./verify-image.ts";
export { ChunkMismatchError, type ReadChunk } from "./zstd/decode-chunks.ts";
export { ZstdError, type ZstdErrorCode } from "./zstd/spawn-zstd.ts";
