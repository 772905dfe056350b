import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, open, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type CaptureOptions,
  type ImageKey,
  type ImageStore,
  type ReadChunk,
  type UsableImage,
  captureImage,
  createImageKey,
  createRandomImage,
  openImageStore,
} from "../../../../infra/images/index.ts";

const mib = 1024 * 1024;

/** An image directory of a test's own, a key, and raw disks to make images of. */
export interface ImageSite {
  readonly directory: string;
  readonly store: ImageStore;
  readonly key: ImageKey;
  path(name: string): string;
  read(name: string): Promise<Buffer>;
  /** A random raw disk `raw.img`; the same bytes for the same size. */
  createRaw(sizeMiB: number): Promise<Buffer>;
  /** Makes an image `base` of the file `raw.img`, or of what is asked for; chunks are of 1 MiB. */
  capture(options?: Partial<CaptureOptions> & { readonly source?: string }): ReturnType<typeof captureImage>;
  /** The same, of which it is known that it works. */
  captured(options?: Partial<CaptureOptions>): Promise<UsableImage>;
}

export async function createImageSite(t: TestContext): Promise<ImageSite> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "reveille-images-")));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const store = await openImageStore(directory);
  const key = createImageKey();
  const path = (name: string): string => join(directory, name);
  const capture: ImageSite["capture"] = async ({ source = "raw.img", ...options } = {}) => {
    const opened = await store.openSource(source);
    assert.ok(opened.ok);
    try {
      return await captureImage(opened, {
        store,
        image: "base",
        privateKey: key.privateKey,
        now: new Date("2025-01-01T00:00:00.000Z"),
        signal: idle(),
        chunkSizeBytes: mib,
        ...options,
      });
    } finally {
      await opened.file.close();
    }
  };
  return {
    directory,
    store,
    key,
    path,
    read: (name) => readFile(path(name)),
    async createRaw(sizeMiB) {
      await createRandomImage(path("raw.img"), { sizeMiB, seed: "test" });
      return readFile(path("raw.img"));
    },
    capture,
    async captured(options) {
      const captured = await capture(options);
      assert.ok(captured.ok);
      return captured;
    },
  };
}

export function idle(): AbortSignal {
  return new AbortController().signal;
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Reads ranges of a file in memory, as a server of it would be asked for them. */
export function readChunkOf(file: Buffer): ReadChunk {
  return async (offset, length) => file.subarray(offset, offset + length);
}

/** Changes a byte of a file in place. */
export async function flipByte(path: string, offset: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = byte[0]! ^ 0xff;
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
  }
}
