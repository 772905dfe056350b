import { setImmediate as turn } from "node:timers/promises";
import type { ImageManifest } from "../format/manifest.ts";
import type { DecodedChunk } from "../zstd/decode-chunks.ts";

/** Some of the raw image, in the order of the disk. */
export interface RawPart {
  readonly rawOffset: number;
  /** Not to be written to, and not to be kept: it holds until the next part is asked for. */
  readonly raw: Buffer;
  /** It lies in an extent of zeros. */
  readonly isZero: boolean;
}

/** What zeros are given out in, at most. */
const zeros = Buffer.alloc(1024 * 1024);

/**
 * The whole raw image from its decoded chunks, with the zeros that the file leaves out put back between them. Nothing is waited
 * for to make zeros: others are given a turn before each part of them, or a disk that is nearly empty would leave them none.
 */
export async function* rawParts(
  manifest: ImageManifest,
  decoded: AsyncIterable<DecodedChunk>,
): AsyncGenerator<RawPart, void, undefined> {
  let rawOffset = 0;
  for await (const { chunk, raw } of decoded) {
    yield* zeroParts(rawOffset, chunk.rawOffset);
    yield { rawOffset: chunk.rawOffset, raw, isZero: false };
    rawOffset = chunk.rawOffset + raw.length;
  }
  yield* zeroParts(rawOffset, manifest.rawSizeBytes);
}

async function* zeroParts(from: number, to: number): AsyncGenerator<RawPart, void, undefined> {
  for (let rawOffset = from; rawOffset < to; rawOffset += zeros.length) {
    await turn();
    yield { rawOffset, raw: zeros.subarray(0, to - rawOffset), isZero: true };
  }
}

/** The chunks of a manifest, without the zeros. */
export function chunksOf({ extents }: ImageManifest) {
  return extents.filter((extent) => extent.kind === "chunk");
}
