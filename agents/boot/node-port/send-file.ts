import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FastifyReply } from "fastify";
import parseRange from "range-parser";
import { RequestRefusal } from "./refusal.ts";

/** What is read of a file at once, bytes: large enough that the network is what limits a load. */
const readBytes = 1024 * 1024;

/** Opens a file, not a link to one; undefined if there is none to be read. The path is of the config and the tables, never a node's. */
export async function openFile(
  path: string,
): Promise<{ readonly file: FileHandle; readonly size: number } | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (stats.isFile()) return { file, size: stats.size };
  } catch {
    // Whoever asked is told that it is not there, and the log which file.
  }
  await file?.close();
  return undefined;
}

/**
 * Sends a file, or the one part of it that `range` asks for (RFC 9110 §14.2); several parts, or a header that is none, are
 * answered with the whole. Throws RequestRefusal (416) for a part that the file does not have.
 */
export async function sendFile(
  reply: FastifyReply,
  { file, size }: { readonly file: FileHandle; readonly size: number },
  range: string | undefined,
): Promise<FastifyReply> {
  void reply.header("accept-ranges", "bytes").type("application/octet-stream");
  const parts = range === undefined ? undefined : parseRange(size, range);
  if (parts === -1) {
    await file.close();
    void reply.header("content-range", `bytes */${size}`);
    throw new RequestRefusal(416, `the file has ${size} bytes`);
  }
  const [part] = Array.isArray(parts) && parts.type === "bytes" && parts.length === 1 ? parts : [];
  const { start, end } = part ?? { start: 0, end: size - 1 };
  if (part) void reply.code(206).header("content-range", `bytes ${start}-${end}/${size}`);
  void reply.header("content-length", end - start + 1);
  if (size === 0) {
    await file.close();
    return reply.send("");
  }
  return reply.send(file.createReadStream({ start, end, highWaterMark: readBytes }));
}
