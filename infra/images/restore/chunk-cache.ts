import { LRUCache } from "lru-cache";
import pLimit from "p-limit";
import type { ImageChunk } from "../format/manifest.ts";
import {
  ChunkMismatchError,
  type DecodedChunk,
  type ReadChunk,
  decodeChunks,
  fetchChunk,
} from "../zstd/decode-chunks.ts";

/**
 * Raw chunks that many receivers in one process share: a simulated fleet that loads one image unpacks it once, also when
 * all ask at the same time. Each receiver still fetches every chunk, and compares what it fetched.
 */
export interface ChunkCache {
  /** As `decodeChunks`, but that an abort leaves the unpacking to the others who may wait for it. */
  decode: typeof decodeChunks;
}

export interface ChunkCacheOptions {
  /** 64 MiB unless given. */
  readonly maxBytes?: number;
  /** How many zstds may run at once; 2 unless given. */
  readonly maxProcesses?: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;

export function createChunkCache({ maxBytes = defaultMaxBytes, maxProcesses = 2 }: ChunkCacheOptions = {}): ChunkCache {
  const limit = pLimit(maxProcesses);
  const cache = new LRUCache<string, Buffer, Fetched>({
    maxSize: maxBytes,
    sizeCalculation: (raw) => raw.length,
    ignoreFetchAbort: true,
    fetchMethod: (_key, _stale, { context }) => limit(() => unpack(context)),
  });
  return {
    async *decode(chunks, readChunk, signal) {
      for (const chunk of chunks) {
        signal.throwIfAborted();
        const compressed = await fetchChunk(chunk, readChunk);
        const key = `${chunk.sha256Compressed} ${chunk.sha256Raw} ${chunk.rawLength}`;
        const raw = await cache.fetch(key, { context: { chunk, compressed } });
        signal.throwIfAborted();
        if (raw === undefined) throw new ChunkMismatchError(chunk, "raw");
        yield { chunk, raw };
      }
    },
  };
}

interface Fetched {
  readonly chunk: ImageChunk;
  readonly compressed: Buffer;
}

async function unpack({ chunk, compressed }: Fetched): Promise<Buffer> {
  const fetched: ReadChunk = async () => compressed;
  const decoded: DecodedChunk[] = [];
  for await (const each of decodeChunks([chunk], fetched, new AbortController().signal)) decoded.push(each);
  const [only] = decoded;
  if (only === undefined) throw new ChunkMismatchError(chunk, "raw");
  return only.raw;
}
