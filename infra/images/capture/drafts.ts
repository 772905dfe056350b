import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ImagePart, imageFileName } from "../store/image-store.ts";
import { syncDirectory } from "../sync-directory.ts";

/** The files of an image in the making, under names that are no image's: all of them become the image, or none stays. */
export interface Drafts extends AsyncDisposable {
  readonly data: FileHandle;
  /** Writes the other two, makes all three durable, and gives them the image's names in place of what had them. */
  publish(texts: { readonly manifest: Buffer; readonly signature: Buffer }): Promise<void>;
}

const draftName = /^\..+\.[0-9a-f]{16}\.draft$/;
/** Whoever makes an image writes to it again and again; a draft that nobody touched for this long has lost its maker. */
const orphanedAfterMs = 60 * 60_000;

export async function createDrafts(directory: string, image: string, now: Date): Promise<Drafts> {
  await removeOrphans(directory, now);
  const id = randomBytes(8).toString("hex");
  const pathOf = (part: ImagePart): string => join(directory, `.${imageFileName(image, part)}.${id}.draft`);
  const data = await open(pathOf("data"), "wx+");
  return {
    data,
    async publish({ manifest, signature }) {
      await data.sync();
      await writeDurably(pathOf("manifest"), manifest);
      await writeDurably(pathOf("signature"), signature);
      for (const part of ["data", "manifest", "signature"] as const) {
        await rename(pathOf(part), join(directory, imageFileName(image, part)));
      }
      await syncDirectory(directory);
    },
    async [Symbol.asyncDispose]() {
      await data.close();
      for (const part of ["data", "manifest", "signature"] as const) await rm(pathOf(part), { force: true });
    },
  };
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeOrphans(directory: string, now: Date): Promise<void> {
  for (const name of (await readdir(directory)).filter((each) => draftName.test(each))) {
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && now.getTime() - stats.mtimeMs > orphanedAfterMs) await rm(path, { force: true });
  }
}
