import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { readParts } from "../read-range.ts";
import { type OpenedFile, versionOf } from "./open-inside.ts";

/** Digests of files that have not changed since they were taken; those who ask for the same one share the work. */
export interface ImageDigests {
  /**
   * SHA-256 in hexadecimal; undefined if the file changed while it was read. It must stay open until the promise settles.
   */
  of(opened: OpenedFile): Promise<string | undefined>;
}

const maxKept = 1_024;
const partBytes = 1024 * 1024;

export function createImageDigests(): ImageDigests {
  const cache = new LRUCache<string, string, OpenedFile>({
    max: maxKept,
    fetchMethod: (_version, _stale, { context }) => digestOf(context),
  });
  return { of: (opened) => cache.fetch(opened.version, { context: opened }) };
}

async function digestOf({ file, version }: OpenedFile): Promise<string | undefined> {
  const hash = createHash("sha256");
  for await (const part of readParts(file, partBytes)) hash.update(part);
  return versionOf(await file.stat({ bigint: true })) === version ? hash.digest("hex") : undefined;
}
