import Type from "typebox";
import { ImageName, Instant, Partition, Sha256 } from "../../../contracts/index.ts";

/** The version of the manifest's format; a change that an older reader would misread raises it. */
export const manifestVersion = 1;

/** A disk of 512 or 4,096 bytes a sector is told in units of 512 all the same. */
export const sectorBytes = 512;

const offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const size = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** Raw bytes that stand compressed in the image's file, as one zstd frame (RFC 8878). */
export const ImageChunk = Type.Object({
  kind: Type.Literal("chunk"),
  rawOffset: offset,
  rawLength: size,
  fileOffset: offset,
  fileLength: size,
  sha256Compressed: Sha256,
  sha256Raw: Sha256,
});
export type ImageChunk = Type.Static<typeof ImageChunk>;

/** Raw bytes that are all zero, and that the image's file leaves out; as many chunks as follow each other. */
export const ZeroExtent = Type.Object({ kind: Type.Literal("zero"), rawOffset: offset, rawLength: size });
export type ZeroExtent = Type.Static<typeof ZeroExtent>;

/**
 * What an image's file holds. Sizes, offsets and lengths are in bytes: raw ones on the disk (for an image of one
 * partition: from the partition's beginning), file ones in the compressed file. The extents cover the raw image from
 * its first byte to its last, in order, and each begins at a multiple of `chunkSizeBytes`.
 */
export const ImageManifest = Type.Object({
  v: Type.Literal(manifestVersion),
  image: ImageName,
  createdAt: Instant,
  /** The partition that the image is of; without one, it is of a whole disk. */
  partition: Type.Optional(Partition.properties.number),
  chunkSizeBytes: Type.Integer({ minimum: sectorBytes, maximum: 64 * 1024 * 1024, multipleOf: sectorBytes }),
  rawSizeBytes: Type.Integer({ minimum: sectorBytes, maximum: Number.MAX_SAFE_INTEGER, multipleOf: sectorBytes }),
  rawSha256: Sha256,
  fileSizeBytes: size,
  fileSha256: Sha256,
  /** What the disk's partition table says; none for a disk without one, and for an image of one partition. */
  partitions: Type.Array(Partition, { maxItems: 128 }),
  extents: Type.Array(Type.Union([ImageChunk, ZeroExtent]), { minItems: 1 }),
});
export type ImageManifest = Type.Static<typeof ImageManifest>;
