import { ZstdError, endOf, spawnZstd } from "./spawn-zstd.ts";

/** zstd's own default. Level 9 made a disk's 148 MB into 131, and took five times as long. */
const level = 3;

/**
 * Compresses one chunk into one frame by a zstd of its own. The frame says its raw size, and holds no checksum: the
 * manifest's digests are stronger.
 *
 * @throws ZstdError, or the signal's reason once it is aborted; zstd is gone by then.
 */
export async function compressChunk(raw: Buffer, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const child = spawnZstd(["-c", `-${level}`, "--no-check", "--single-thread", `--stream-size=${raw.length}`]);
  const stop = (): boolean => child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  try {
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.stdin.end(raw);
    const status = await endOf(child);
    signal.throwIfAborted();
    if (status !== 0)
      throw new ZstdError("zstd-failed", `zstd ended with ${String(status)} while it compressed a chunk`);
    return Buffer.concat(parts);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
