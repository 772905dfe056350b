export { formatManifest } from "./format/format-manifest.ts";
export { type ImageChunk, ImageManifest, ImagePartition, type ZeroExtent, sectorBytes } from "./format/manifest.ts";
export { type ParsedManifest, maxManifestBytes, parseManifest } from "./format/parse-manifest.ts";
export { ImageKeyError, type ImageKey, createImageKey, isSignedBy, signManifest } from "./format/signing-key.ts";
