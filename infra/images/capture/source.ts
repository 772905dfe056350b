import { readRange } from "../read-range.ts";
import { type OpenedFile, isUnreadable } from "../store/open-inside.ts";

/** Reads a raw disk, into `memory` where one is given; fewer bytes than were asked for come only where it ends. */
export type ReadDisk = (offset: number, length: number, memory?: Buffer) => Promise<Buffer>;

/** A source that no image can be made of; the message goes on from "the source". */
export class SourceError extends Error {
  readonly code = "source-unfit";
}

/** @throws SourceError where the disk cannot be read. */
export function readerOf(source: OpenedFile): ReadDisk {
  return async (offset, length, memory) => {
    try {
      return await readRange(source.file, offset, length, memory);
    } catch (cause) {
      if (!isUnreadable(cause)) throw cause;
      throw new SourceError(`cannot be read at byte ${offset}: ${cause.message}`, { cause });
    }
  };
}
