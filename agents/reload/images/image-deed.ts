import type { ImageAddAnswer, RefusalReason, Working } from "../../../contracts/index.ts";
import type { Database } from "../../../infra/db/index.ts";
import type { ImageManifest, ImageStore } from "../../../infra/images/index.ts";
import { named } from "../../runtime/commands/refuse-selection.ts";

/** What a deed on an image rests on. */
export interface ImageTools extends Pick<Database, "sql" | "openSession"> {
  readonly store: ImageStore;
  /** The site's image key, PEM. */
  readonly privateKey: string;
}

/** A deed that may take long. */
export interface ImageDeedOptions {
  readonly user: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Pick<Working, "bytesDone" | "bytesTotal">) => void;
}

export interface Refused {
  readonly ok: false;
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** What becomes of a command about an image. */
export type Answered<T> = { readonly ok: true; readonly answer: T } | Refused;

export function refused(reason: RefusalReason, detail: string): Refused {
  return { ok: false, reason, detail };
}

export const busy = (image: string) => refused("image-busy", `somebody is at work on image ${image}`);

export const needsProject = refused(
  "malformed-arguments",
  "an image that is only for a project's members needs a project",
);

/** `in use` in words: by how many nodes, or who counts on it. */
export function inUse(image: string, loads: number, namedBy: readonly string[] = []): Refused {
  if (loads > 0)
    return refused("image-in-use", `${loads === 1 ? "a node loads" : `${loads} nodes load`} image ${image}`);
  return refused("image-in-use", `image ${image} is named by ${named(namedBy)}`);
}

/** What is told of an image that is whole. */
export function measuresOf({ image, rawSizeBytes, rawSha256, fileSizeBytes, extents }: ImageManifest): ImageAddAnswer {
  const chunks = extents.filter(({ kind }) => kind === "chunk").length;
  return { image, rawBytes: rawSizeBytes, fileBytes: fileSizeBytes, chunks, sha256: rawSha256 };
}
