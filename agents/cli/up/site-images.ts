import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImportedImage } from "../../../infra/db/index.ts";
import { captureImage, createRandomImage, openImageStore } from "../../../infra/images/index.ts";
import type { SitePlan } from "./fleet-file.ts";
import { adminUser } from "./site-files.ts";

/** Thrown when a generated image could not be made into one; the message says why. */
export class SiteImageError extends Error {
  readonly code = "site-image-unmade";
}

export interface SiteImagesOptions {
  readonly imageDir: string;
  /** The site's image key, PEM. */
  readonly privateKey: string;
  readonly seed: number;
}

/**
 * Generates the plan's images at random in the image directory, and gives what is to be recorded of them. One that is to
 * be missing is recorded as it was, and its files are taken away.
 */
export async function makeSiteImages(
  images: SitePlan["images"],
  { imageDir, privateKey, seed }: SiteImagesOptions,
): Promise<readonly ImportedImage[]> {
  const store = await openImageStore(imageDir);
  const made: ImportedImage[] = [];
  for (const { name, sizeMiB, isMissing } of images) {
    const raw = `${name}.raw`;
    await createRandomImage(join(imageDir, raw), { sizeMiB, seed: `${seed}/${name}` });
    const source = await store.openSource(raw);
    if (!source.ok) throw new SiteImageError(`image ${name} could not be made: ${source.detail}`);
    const captured = await captureImage(source, {
      ...{ store, image: name, privateKey },
      now: new Date(),
      signal: new AbortController().signal,
    }).finally(() => source.file.close());
    await rm(join(imageDir, raw));
    if (!captured.ok) throw new SiteImageError(`image ${name} could not be made: ${captured.detail}`);
    if (isMissing) await store.remove(name);
    const { manifest, record } = captured;
    made.push({
      name,
      visibility: "public",
      state: "ready",
      rawBytes: manifest.rawSizeBytes,
      fileBytes: record.fileSizeBytes,
      fileModifiedMs: record.fileModifiedMs,
      fileSha256: record.fileSha256,
      manifestSha256: record.manifestSha256,
      rawSha256: manifest.rawSha256,
      partitions: manifest.partitions,
      addedBy: adminUser,
    });
  }
  return made;
}
