/**
 * From an image's compressed chunks to its raw ones, in order, through one zstd. Nothing that is not what the manifest
 * says gets any further: the compressed digest is compared before zstd sees a byte, the raw one before a chunk is given
 * out, and a frame that unpacks to more than it should is cut off there. No more than a few chunks are in memory.
 */
import { pipeline } from "node:stream/promises";
import type { ImageChunk } from "../format/manifest.ts";
import { sha256Of } from "../sha256-of.ts";
import { cutStream } from "./cut-stream.ts";
import { endOf, spawnZstd } from "./spawn-zstd.ts";

/** Fetches bytes of the image's file from wherever it is. What comes is not trusted. */
export type ReadChunk = (fileOffset: number, fileLength: number) => Promise<Buffer>;

export interface DecodedChunk {
  readonly chunk: ImageChunk;
  /** Not to be written to, and not to be kept: it holds until the next chunk is asked for. */
  readonly raw: Buffer;
}

/** A chunk does not hold what the manifest says: as it was fetched, or once it was unpacked. */
export class ChunkMismatchError extends Error {
  readonly code = "chunk-mismatch";
  readonly rawOffset: number | undefined;

  constructor(chunk: ImageChunk | undefined, form: "compressed" | "raw") {
    const where = chunk === undefined ? "" : ` at raw offset ${chunk.rawOffset}, file offset ${chunk.fileOffset}`;
    super(`the ${form} chunk${where} is not what the manifest says`);
    this.name = "ChunkMismatchError";
    this.rawOffset = chunk?.rawOffset;
  }
}

/**
 * @throws ChunkMismatchError, ZstdError, the signal's reason once it is aborted, and whatever `readChunk` throws.
 */
export async function* decodeChunks(
  chunks: readonly ImageChunk[],
  readChunk: ReadChunk,
  signal: AbortSignal,
): AsyncGenerator<DecodedChunk, void, undefined> {
  const child = spawnZstd(["-d", "-c"]);
  const ended = endOf(child);
  let fault: { readonly error: unknown } | undefined;
  const fetched = async function* (): AsyncGenerator<Buffer> {
    try {
      for (const chunk of chunks) yield await fetchChunk(chunk, readChunk);
    } catch (error) {
      fault = { error };
    }
  };
  const fed = pipeline(fetched, child.stdin, { signal });
  // When either fails, the output ends early, and only then does it matter why.
  for (const promise of [ended, fed]) promise.catch(() => undefined);

  const rawLengths = chunks.map(({ rawLength }) => rawLength);
  let decoded = 0;
  const mismatch = (): ChunkMismatchError => new ChunkMismatchError(chunks[decoded] ?? chunks[decoded - 1], "raw");
  try {
    for await (const raw of cutStream(child.stdout, rawLengths)) {
      signal.throwIfAborted();
      const chunk = chunks[decoded];
      if (chunk?.sha256Raw !== sha256Of(raw)) throw mismatch();
      yield { chunk, raw };
      decoded++;
    }
    signal.throwIfAborted();
    if (fault !== undefined) throw fault.error;
    if ((await ended) !== 0 || decoded < chunks.length) throw mismatch();
  } finally {
    child.kill("SIGKILL");
    await ended.catch(() => undefined);
  }
}

/** A chunk's compressed bytes, which are what the manifest says. */
export async function fetchChunk(chunk: ImageChunk, readChunk: ReadChunk): Promise<Buffer> {
  const compressed = await readChunk(chunk.fileOffset, chunk.fileLength);
  if (compressed.length !== chunk.fileLength || sha256Of(compressed) !== chunk.sha256Compressed) {
    throw new ChunkMismatchError(chunk, "compressed");
  }
  return compressed;
}
