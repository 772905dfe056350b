/**
 * The directory of a site's images. Whatever name or path comes in, what goes out is an open file that lies in that
 * directory itself, or a reason. Names are those of the contract and so never hold a slash; a raw file to make an image
 * of may lie in a folder below.
 */
import { opendir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { ImageName, type RefusalReason, hasShape } from "../../../contracts/index.ts";
import { type ImageProblem, type ImageReason, imageProblem } from "../image-problem.ts";
import { syncDirectory } from "../sync-directory.ts";
import { type NotOpened, type OpenedFile, openInside } from "./open-inside.ts";

/** The files of an image and what their names end in. */
export const imageParts = { data: ".zst", manifest: ".manifest", signature: ".manifest.sig" } as const;
export type ImagePart = keyof typeof imageParts;

/** A raw file that is not read: `image-path-refused` for a path out of the directory, one with a link on it, an image's own. */
export interface SourceProblem {
  readonly ok: false;
  readonly reason: ImageReason | Extract<RefusalReason, "image-path-refused">;
  readonly detail: string;
}

export interface ImageStore {
  /** Its real path. */
  readonly directory: string;
  /** Opens a file of an image for reading; the caller closes it. */
  open(image: string, part: ImagePart): Promise<OpenedFile | ImageProblem>;
  /** Opens a raw file, or a block device, by its path relative to the directory; the caller closes it. */
  openSource(path: string): Promise<OpenedFile | SourceProblem>;
  /** Removes an image's files; what is not there is no error. Whoever has one open reads on. */
  remove(image: string): Promise<void>;
}

/** The configured directory is none, or may not be looked into. */
export class ImageDirectoryError extends Error {
  readonly code = "image-directory-unusable";

  constructor(directory: string, options: ErrorOptions) {
    super(`the image directory ${directory} cannot be used: create it, or correct the config`, options);
    this.name = "ImageDirectoryError";
  }
}

/** @throws ImageDirectoryError. */
export async function openImageStore(directory: string): Promise<ImageStore> {
  let root: string;
  try {
    root = await realpath(directory);
    await (await opendir(root)).close();
  } catch (cause) {
    throw new ImageDirectoryError(directory, { cause });
  }
  return {
    directory: root,
    open: (image, part) => openPart(root, image, part),
    openSource: (path) => openSource(root, path),
    remove: (image) => removeImage(root, image),
  };
}

/** An image's file, by its name alone. The name must be one of the contract's. */
export function imageFileName(image: string, part: ImagePart): string {
  if (hasShape(ImageName, image)) return image + imageParts[part];
  throw new RangeError(`no image can be called ${JSON.stringify(image)}`);
}

/** A link or an odd file in an image's place is as good as unreadable. */
const dataReasons: Readonly<Record<NotOpened["why"], ImageReason>> = {
  missing: "image-file-missing",
  outside: "image-unreadable",
  unreadable: "image-unreadable",
  unfit: "image-unreadable",
  empty: "image-empty",
};

function reasonOf(part: ImagePart, why: NotOpened["why"]): ImageReason {
  if (part === "data") return dataReasons[why];
  return part === "manifest" ? "image-manifest-invalid" : "image-signature-invalid";
}

async function openPart(root: string, image: string, part: ImagePart): Promise<OpenedFile | ImageProblem> {
  if (!hasShape(ImageName, image)) return imageProblem("image-file-missing", "no image has such a name");
  const opened = await openInside(root, imageFileName(image, part));
  return opened.ok ? opened : imageProblem(reasonOf(part, opened.why), opened.detail);
}

/** An image's own files, and those of one in the making, are nothing that images are made of. */
function isImageFile(path: string): boolean {
  return !path.includes("/") && (path.startsWith(".") || Object.values(imageParts).some((end) => path.endsWith(end)));
}

async function openSource(root: string, path: string): Promise<OpenedFile | SourceProblem> {
  if (isImageFile(path)) {
    return { ok: false, reason: "image-path-refused", detail: `${path} is a file of an image; a raw one is wanted` };
  }
  const opened = await openInside(root, path, { mayBeDevice: true });
  if (opened.ok) return opened;
  const reason = opened.why === "outside" ? "image-path-refused" : dataReasons[opened.why];
  return { ok: false, reason, detail: opened.detail };
}

/** The signature goes first: what is left if we are interrupted is no image any more. */
async function removeImage(root: string, image: string): Promise<void> {
  for (const part of ["signature", "manifest", "data"] as const) {
    await rm(join(root, imageFileName(image, part)), { force: true });
  }
  await syncDirectory(root);
}
