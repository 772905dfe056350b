import type { Readable } from "node:stream";

/**
 * Reads a stream to its end and keeps its first `maxBytes` bytes; what follows is read and dropped, so that the writer
 * never stands still. The function that comes back gives the text so far.
 */
export function keepText(stream: Readable | null | undefined, maxBytes: number): () => string {
  const kept: Buffer[] = [];
  let room = maxBytes;
  stream?.on("data", (chunk: Buffer) => {
    if (room === 0) return;
    const part = chunk.subarray(0, room);
    room -= part.length;
    kept.push(part);
  });
  // A pipe that breaks says no more than the program's own end.
  stream?.on("error", () => undefined);
  return () => Buffer.concat(kept).toString("utf8");
}
