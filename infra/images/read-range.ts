import type { FileHandle } from "node:fs/promises";

/** `length` bytes of a file from `offset`, wherever its own position is; fewer only where the file ends. */
export async function readRange(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** A file from its beginning to its end, a part at a time. */
export async function* readParts(file: FileHandle, partBytes: number): AsyncGenerator<Buffer> {
  for (let offset = 0; ;) {
    const part = await readRange(file, offset, partBytes);
    if (part.length > 0) yield part;
    if (part.length < partBytes) return;
    offset += part.length;
  }
}
