/**
 * Reads a raw disk from its beginning to its end and compresses it, a chunk at a time and several at once, each by a zstd
 * of its own. The chunks come out in order. In memory are `workers` chunks, raw and compressed, whatever the disk's size.
 */
import { availableParallelism } from "node:os";
import type { Hash } from "node:crypto";
import { sha256Of } from "../sha256-of.ts";
import { compressChunk } from "../zstd/compress-chunk.ts";
import type { ReadDisk } from "./source.ts";

export interface SourceChunk {
  readonly rawLength: number;
  /** Undefined for a chunk of zeros. */
  readonly data: { readonly compressed: Buffer; readonly sha256Raw: string } | undefined;
}

export interface CompressOptions {
  readonly chunkSizeBytes: number;
  readonly rawHash: Hash;
  readonly signal: AbortSignal;
}

/** More zstds than this only wait for the one thread that reads and hashes. */
const maxWorkers = 4;

/**
 * `rawHash` gets every byte that was read.
 *
 * @throws the signal's reason once it is aborted, ZstdError, and whatever `readDisk` throws.
 */
export async function* compressSource(
  readDisk: ReadDisk,
  { chunkSizeBytes, rawHash, signal }: CompressOptions,
): AsyncGenerator<SourceChunk, void, undefined> {
  const workers = Math.min(availableParallelism(), maxWorkers);
  const zeros = Buffer.alloc(chunkSizeBytes);
  const spare: Buffer[] = [];
  const stop = new AbortController();
  const abort = (): void => stop.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const running: Promise<SourceChunk>[] = [];
  try {
    for (let offset = 0; ;) {
      signal.throwIfAborted();
      const memory = spare.pop() ?? Buffer.allocUnsafe(chunkSizeBytes);
      const raw = await readDisk(offset, chunkSizeBytes, memory);
      if (raw.length === 0) break;
      offset += raw.length;
      rawHash.update(raw);
      const isZero = raw.equals(zeros.subarray(0, raw.length));
      const chunk = (isZero ? zeroChunk(raw) : dataChunk(raw, stop.signal)).finally(() => spare.push(memory));
      // When one fails, the others' failures are not news.
      chunk.catch(() => undefined);
      running.push(chunk);
      const oldest = running.length < workers ? undefined : running.shift();
      if (oldest !== undefined) yield await oldest;
    }
    for (const chunk of running) yield await chunk;
  } finally {
    signal.removeEventListener("abort", abort);
    stop.abort();
    await Promise.allSettled(running);
  }
}

async function zeroChunk(raw: Buffer): Promise<SourceChunk> {
  return { rawLength: raw.length, data: undefined };
}

async function dataChunk(raw: Buffer, signal: AbortSignal): Promise<SourceChunk> {
  const compressed = await compressChunk(raw, signal);
  return { rawLength: raw.length, data: { compressed, sha256Raw: sha256Of(raw) } };
}
