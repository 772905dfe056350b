import type { FileHandle } from "node:fs/promises";

/**
 * `length` bytes of a file from `offset`, wherever its own position is; fewer only where the file ends. They stand in
 * `memory`, where one is given that is large enough.
 */
export async function readRange(
  file: FileHandle,
  offset: number,
  length: number,
  memory: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(memory, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return memory.subarray(0, filled);
}

/** A file from its beginning to its end, a part at a time. A part holds only until the next one is asked for. */
export async function* readParts(file: FileHandle, partBytes: number): AsyncGenerator<Buffer> {
  const memory = Buffer.allocUnsafe(partBytes);
  for (let offset = 0; ;) {
    const part = await readRange(file, offset, partBytes, memory);
    if (part.length > 0) yield part;
    if (part.length < partBytes) return;
    offset += part.length;
  }
}
